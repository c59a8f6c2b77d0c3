import { autocompletion, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab, redo, undo } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import { completing, type Words } from '@/components/code/complete';
import { telling } from '@/components/code/hover';
import { placeOf } from '@/components/code/place';
import type { Problem } from '@/types/api';
import { nonce } from '@/utils/nonce';

export interface CodeHandle {
  jump: (problem: Problem) => void;
  /** Takes the place of the text, as one step that can be undone. */
  replace: (text: string) => void;
  undo: () => void;
  redo: () => void;
}

interface Props {
  initial: string;
  label: string;
  problems: Problem[];
  words: Words;
  onChange: (text: string) => void;
  onSave: () => void;
  ref?: Ref<CodeHandle>;
}

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--wp-primary)' },
  { tag: [tags.string, tags.content], color: 'var(--wp-text)' },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: 'var(--wp-parked)' },
  { tag: tags.comment, color: 'var(--wp-text-2)', fontStyle: 'italic' },
  { tag: [tags.punctuation, tags.separator], color: 'var(--wp-text-2)' },
  { tag: tags.meta, color: 'var(--wp-timed)' },
]);

const look = EditorView.theme({
  '&': { height: '100%', fontSize: '13px', backgroundColor: 'var(--wp-surface)', color: 'var(--wp-text)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--wp-mono)', lineHeight: '1.6' },
  '.cm-content': { caretColor: 'var(--wp-text)' },
  '.cm-cursor': { borderLeftColor: 'var(--wp-text)' },
  '.cm-gutters': { backgroundColor: 'var(--wp-surface)', color: 'var(--wp-text-3)', border: 'none' },
  '.cm-activeLine': { backgroundColor: 'var(--wp-fill)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--wp-primary-bg)',
  },
  '.cm-tooltip': { backgroundColor: 'var(--wp-raised)', border: '1px solid var(--wp-border)', color: 'var(--wp-text)' },
  '.cm-panels': { backgroundColor: 'var(--wp-raised)', color: 'var(--wp-text)' },
});

function extensions({ onChange, onSave, label }: Props, words: () => Words): Extension[] {
  const save = () => {
    onSave();
    return true;
  };
  return [
    EditorView.cspNonce.of(nonce() ?? ''),
    lineNumbers(),
    lintGutter(),
    history(),
    drawSelection(),
    indentOnInput(),
    indentUnit.of('  '),
    bracketMatching(),
    highlightActiveLine(),
    highlightSelectionMatches(),
    yaml(),
    autocompletion({ override: [completing(words)] }),
    telling(words),
    syntaxHighlighting(colours),
    look,
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
    keymap.of([
      { key: 'Mod-s', preventDefault: true, run: save },
      ...completionKeymap,
      ...defaultKeymap,
      ...historyKeymap,
      ...searchKeymap,
      ...lintKeymap,
      indentWithTab,
    ]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange(update.state.doc.toString());
    }),
  ];
}

function diagnosticOf(state: EditorState, problem: Problem): Diagnostic {
  const { from, to } = placeOf(state.doc, problem);
  return { from, to, severity: problem.severity, message: problem.message };
}

/** The one stretch that differs, so that the cursor and what is around it stay. */
function changeOf(before: string, after: string) {
  const shorter = Math.min(before.length, after.length);
  let from = 0;
  while (from < shorter && before[from] === after[from]) from++;
  let tail = 0;
  while (tail < shorter - from && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  return { from, to: before.length - tail, insert: after.slice(from, after.length - tail) };
}

/** YAML text with the problems marked at their lines. */
export default function CodeEditor(props: Props) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    if (!box.current) return;
    const handlers: Props = {
      ...latest.current,
      onChange: (text) => latest.current.onChange(text),
      onSave: () => latest.current.onSave(),
    };
    const created = new EditorView({
      parent: box.current,
      state: EditorState.create({
        doc: latest.current.initial,
        extensions: extensions(handlers, () => latest.current.words),
      }),
    });
    view.current = created;
    return () => created.destroy();
  }, []);

  const { problems } = props;
  useEffect(() => {
    const current = view.current;
    if (!current) return;
    const marks = problems.map((problem) => diagnosticOf(current.state, problem));
    current.dispatch(setDiagnostics(current.state, marks));
  }, [problems]);

  useImperativeHandle(props.ref, () => ({
    jump(problem) {
      const current = view.current;
      if (!current) return;
      const { from } = placeOf(current.state.doc, problem);
      current.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
      current.focus();
    },
    replace(text) {
      const current = view.current;
      if (current)
        current.dispatch({ changes: changeOf(current.state.doc.toString(), text), userEvent: 'input.canvas' });
    },
    undo: () => void (view.current && undo(view.current)),
    redo: () => void (view.current && redo(view.current)),
  }));

  return <div ref={box} className="wp-code" />;
}
