// What may be written next: actions after `uses:`, and names within an expression.
import type { Completion, CompletionContext, CompletionResult, CompletionSource } from '@codemirror/autocomplete';

export interface Words {
  actions: {
    name: string;
    title: string;
    description?: string;
    input_schema?: { properties?: Record<string, { title?: string; description?: string }> };
  }[];
}

const NAMES = ['params', 'vars', 'secrets', 'steps', 'item', 'index', 'user', 'execution', 'trigger', 'now'];
const FUNCTIONS = ['size', 'has', 'lower', 'upper', 'trim', 'split', 'join', 'replace', 'toJson', 'parseJson', 'find'];

const ids = (text: string) =>
  [...text.matchAll(/^\s*-?\s*(?:-\s*\{\s*)?id:\s*"?([A-Za-z0-9_]+)/gm)].map(([, id]) => id ?? '');

/** Names of the parameters, as far as a text half written shows them. */
function params(text: string): string[] {
  const block = /^params:[^\n]*\n((?:[ \t]+[^\n]*\n|\n)*)/m.exec(text)?.[0] ?? '';
  const flow = /properties:\s*\{([^}]*)/.exec(block)?.[1];
  if (flow) return [...flow.matchAll(/([A-Za-z_]\w*)\s*:/g)].map(([, name]) => name ?? '');
  const indent = /^([ \t]+)properties:\s*$/m.exec(block)?.[1];
  if (indent === undefined) return [];
  const after = block.slice(block.indexOf('properties:'));
  const inner = /\n([ \t]+)\S/.exec(after)?.[1] ?? '';
  return [...after.matchAll(/\n([ \t]+)([A-Za-z_]\w*)\s*:/g)]
    .filter(([, space]) => space === inner)
    .map(([, , name]) => name ?? '');
}

/** Options for the word at the end of `before`, and where it begins; null where nothing is known. */
export function wordsFor(before: string, whole: string, words: Words): { from: number; options: Completion[] } | null {
  const line = before.slice(before.lastIndexOf('\n') + 1);
  const uses = /\buses:\s*"?([\w.]*)$/.exec(line);
  if (uses) {
    const options = words.actions.map(({ name, title }) => ({ label: name, detail: title, type: 'function' }));
    return { from: before.length - (uses[1]?.length ?? 0), options };
  }
  const open = line.lastIndexOf('${{');
  if (open < 0 || line.indexOf('}}', open) >= 0) return null;
  const [word = ''] = /[\w.]*$/.exec(line) ?? [];
  const dot = word.lastIndexOf('.');
  const from = before.length - word.length + dot + 1;
  const plain = (labels: string[], type: string) => labels.map((label) => ({ label, type }));
  if (dot < 0) return { from, options: [...plain(NAMES, 'variable'), ...plain(FUNCTIONS, 'function')] };
  const parent = word.slice(0, dot);
  if (parent === 'steps') return { from, options: plain([...new Set(ids(whole))], 'variable') };
  if (parent === 'params') return { from, options: plain(params(whole), 'property') };
  if (/^steps\.\w+$/.test(parent))
    return { from, options: plain(['output', 'outputs', 'status', 'error'], 'property') };
  if (parent === 'user') return { from, options: plain(['id', 'email', 'username'], 'property') };
  return null;
}

/** The same for the editor; `words` are asked anew each time, since they come later than the text. */
export const completing =
  (words: () => Words): CompletionSource =>
  (context: CompletionContext): CompletionResult | null => {
    const before = context.state.sliceDoc(0, context.pos);
    const found = wordsFor(before, context.state.doc.toString(), words());
    if (!found || (!context.explicit && found.from === context.pos && !/[.{:]\s*$/.test(before))) return null;
    return { ...found, validFor: /^[\w.]*$/ };
  };
