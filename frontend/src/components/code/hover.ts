// What an action and its inputs are, told where the pointer rests on them.
import { type EditorView, hoverTooltip, type Tooltip } from '@codemirror/view';
import type { Words } from '@/components/code/complete';

export interface Told {
  from: number;
  to: number;
  title: string;
  text?: string;
}

const indentOf = (line: string) => /^[\s-]*/.exec(line)?.[0].length ?? 0;

/** The action of the step that a line belongs to: of the lines of the step, the one that names it. */
function actionAt(lines: string[], at: number): string | undefined {
  const uses = (line = '') => /\buses:\s*"?([\w.]+)/.exec(line)?.[1];
  const depth = indentOf(lines[at] ?? '');
  for (let line = at; line >= 0; line--) {
    const text = lines[line] ?? '';
    const found = uses(text);
    if (found) return found;
    // Where the step begins, its action may stand further down.
    if (/^\s*-\s/.test(text) && (line === at || indentOf(text) < depth)) {
      const own = indentOf(text);
      const rest = lines.slice(line + 1);
      const end = rest.findIndex((one) => one.trim() !== '' && indentOf(one) < own);
      return rest
        .slice(0, end < 0 ? undefined : end)
        .map(uses)
        .find(Boolean);
    }
  }
  return undefined;
}

/** What is to be told of the word at a place of a text; null where nothing is known. */
export function toldAt(text: string, place: number, { actions }: Words): Told | null {
  const begin = text.lastIndexOf('\n', place - 1) + 1;
  const before = /[\w.]*$/.exec(text.slice(begin, place))?.[0] ?? '';
  const after = /^[\w.]*/.exec(text.slice(place))?.[0] ?? '';
  const word = before + after;
  const [from, to] = [place - before.length, place + after.length];
  if (!word) return null;
  const named = actions.find(({ name }) => name === word);
  if (named) return { from, to, title: `${named.name} · ${named.title}`, text: named.description };
  if (!/^"?\s*:/.test(text.slice(to))) return null;
  const lines = text.split('\n');
  const own = actionAt(lines, text.slice(0, place).split('\n').length - 1);
  const input = actions.find(({ name }) => name === own)?.input_schema?.properties?.[word];
  return input ? { from, to, title: input.title ?? word, text: input.description } : null;
}

function bubble(title: string, text: string | undefined): HTMLElement {
  const box = document.createElement('div');
  box.className = 'wp-told';
  const head = document.createElement('strong');
  head.textContent = title;
  box.append(head);
  if (text) {
    const body = document.createElement('p');
    body.textContent = text;
    box.append(body);
  }
  return box;
}

/** The same for the editor. */
export const telling = (words: () => Words) =>
  hoverTooltip((view: EditorView, place): Tooltip | null => {
    const told = toldAt(view.state.doc.toString(), place, words());
    return told && { pos: told.from, end: told.to, create: () => ({ dom: bubble(told.title, told.text) }) };
  });
