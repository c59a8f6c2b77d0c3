import { type ClipboardEvent, type KeyboardEvent, useDeferredValue, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import Canvas from '@/components/canvas/Canvas';
import { mayConnect, nodesOf, type StepNode } from '@/components/canvas/graph';
import type { CanvasStep } from '@/components/canvas/step';
import { Lasted } from '@/components/Lasted';
import { Note } from '@/components/Note';
import { StatusTag } from '@/components/StatusTag';
import { addStep, connect, definitionOf, moveStep, pasteSteps, removeSteps, textOf } from '@/features/workflows/edit';
import { namesFor } from '@/features/workflows/expressions';
import { type Editing, Inspector } from '@/features/workflows/Inspector';
import { Palette } from '@/features/workflows/Palette';
import { PanelSwitch, panelOf, SidePanel } from '@/features/workflows/SidePanel';
import { useFollowed } from '@/features/workflows/use-followed';
import { useLastRun } from '@/features/workflows/use-last-run';
import { useFilter } from '@/hooks/use-filter';
import { useTranslation } from '@/hooks/use-translation';
import '@/locales/canvas';
import type { EditorStore } from '@/store/editor';
import type { JsonObject, Problem, Step } from '@/types/api';

/** The step that a problem is in, by its place. */
const placeOf = ({ path }: Problem) => Number(/^steps\[(\d+)\]/.exec(path)?.[1] ?? -1);

/** A condition beside its line. */
function shortened(condition: string): string {
  const bare = condition.replace(/^\$\{\{\s*|\s*\}\}$/g, '');
  return bare.length > 32 ? `${bare.slice(0, 31)}…` : bare;
}

interface MarksProps {
  step: StepNode;
  faults: number;
  /** What the last run made of it. */
  last: Step | undefined;
  /** Goes to the line of the first of them. */
  onFault: () => void;
}

function Marks({ step, faults, last, onFault }: MarksProps) {
  const { t } = useTranslation();
  const { items } = last ?? {};
  const marks = [
    step.rest.for_each !== undefined && t('canvas.each'),
    step.rest.retry !== undefined && t('canvas.retried'),
    step.rest.on_error === 'continue' && t('canvas.goesOn'),
  ].filter(Boolean);
  return (
    <>
      {last && (
        <>
          {items && `${items.succeeded + items.failed} / ${items.total} · `}
          <StatusTag status={last.status} /> <Lasted start={last.started_at} end={last.finished_at} />
          {marks.length > 0 && ' · '}
        </>
      )}
      {marks.join(' · ')}
      {faults > 0 && (
        <button type="button" className="wp-node-fault nodrag" onClick={onFault}>
          {` ● ${t('canvas.faults', { count: faults })}`}
        </button>
      )}
    </>
  );
}

/** The step on the canvas that has the focus. */
const focused = (target: EventTarget) =>
  target instanceof Element ? target.closest<HTMLElement>('.react-flow__node')?.dataset.id : undefined;

interface Props {
  store: EditorStore;
  /** The saved workflow; absent for a new one. */
  workflow?: string;
  onText: (text: string) => void;
  onHistory: (way: 'undo' | 'redo') => void;
  /** Shows the line of a problem. */
  onJump: (problem: Problem) => void;
}

/** The text as a graph. What is done here is done to the text: both are views of the same. */
export default function VisualEditor({ store, workflow, onText, onHistory, onJump }: Props) {
  const { t } = useTranslation();
  const source = useDeferredValue(useStore(store, (state) => state.text));
  const problems = useStore(store, (state) => state.problems);
  const { filter, changeAll } = useFilter(['step', 'panel'] as const);
  const read = useMemo(() => definitionOf(source), [source]);
  // While a text cannot be read, the last one that could stays in view.
  const last = useRef<JsonObject>({});
  if (read) last.current = read;
  const definition = read ?? last.current;
  const nodes = useMemo(() => nodesOf(definition), [definition]);
  const ids = nodes.map(({ id }) => id);
  const [followed, follow] = useFollowed(filter.step, ids);
  const chosen = nodes.find(({ id }) => id === followed);
  const ran = useLastRun(workflow);
  const errors = problems.filter(({ severity }) => severity === 'error');
  const steps = nodes.map<CanvasStep>((step, place) => {
    const faults = errors.filter((problem) => placeOf(problem) === place);
    const { id, uses, needs, rest } = step;
    const condition = rest.if === undefined ? undefined : `${t('canvas.when')} ${shortened(String(rest.if))}`;
    const extra = (
      <Marks step={step} faults={faults.length} last={ran.get(id)} onFault={() => faults[0] && onJump(faults[0])} />
    );
    return { id, uses, needs, condition, faulty: faults.length > 0, extra };
  });
  const choose = (id: string | null) => changeAll({ step: id ?? undefined, ...(id ? { panel: undefined } : {}) });
  const apply = (text: string, next?: string | null) => {
    onText(text);
    if (chosen && next) follow(chosen.id, next);
    if (next !== undefined) choose(next);
  };
  const panel = chosen ? undefined : panelOf(filter.panel);
  const [marked, setMarked] = useState<string[]>([]);
  const meant = ids.filter((id) => marked.includes(id) || id === chosen?.id);
  const onCopy = (event: ClipboardEvent) => {
    if (meant.length === 0) return;
    event.preventDefault();
    event.clipboardData.setData('text/plain', textOf(source, meant));
  };
  const onPaste = (event: ClipboardEvent) => {
    const pasted = read && pasteSteps(source, event.clipboardData.getData('text/plain'));
    if (!pasted) return;
    event.preventDefault();
    apply(pasted[0], pasted[1][0]);
    setMarked(pasted[1]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.altKey && way && read) {
      const from = nodes.findIndex(({ id }) => id === focused(event.target));
      event.preventDefault();
      if (nodes[from] && nodes[from + way]) apply(moveStep(source, nodes[from].id, from + way));
    } else if (event.key === 'Delete' && read && meant.length > 0) {
      setMarked([]);
      apply(removeSteps(source, meant), null);
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z') {
      event.preventDefault();
      onHistory(event.shiftKey ? 'redo' : 'undo');
    }
  };
  const names = chosen ? namesFor(definition, nodes, chosen.id) : [];
  const editing: Editing = { source, nodes, apply, workflow, names };
  const add = (uses: string) => {
    const [text, id] = addStep(source, { uses }, chosen?.id);
    apply(text, id);
  };
  return (
    <div className="wp-visual">
      {!read && <Note kind="warning" title={t('canvas.unreadable')} />}
      <div className="flex flex-wrap items-center gap-2">
        <Palette disabled={!read} onAdd={add} />
        <PanelSwitch
          panel={panel}
          definition={definition}
          nodes={nodes}
          onChange={(next) => changeAll({ step: undefined, panel: next })}
        />
        <span className="wp-muted wp-wide">{t('canvas.hint')}</span>
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys reach it from the steps within, which take the focus */}
      <div
        className="wp-canvas-box"
        role="presentation"
        tabIndex={-1}
        onCopy={onCopy}
        onPaste={onPaste}
        onKeyDown={onKeyDown}
      >
        <Canvas
          marked={marked}
          onMark={setMarked}
          label={t('canvas.title')}
          steps={steps}
          chosen={chosen?.id}
          onChoose={choose}
          onPlace={read ? (id, place) => apply(moveStep(source, id, place)) : undefined}
          onConnect={read ? (from, to) => apply(connect(source, from, to, true)) : undefined}
          mayConnect={(from, to) => mayConnect(nodes, from, to)}
        />
      </div>
      {chosen && read && <Inspector step={chosen} editing={editing} />}
      {panel && read && (
        <SidePanel
          panel={panel}
          source={source}
          definition={read}
          nodes={nodes}
          problems={errors}
          onText={onText}
          onChoose={choose}
          onJump={onJump}
        />
      )}
    </div>
  );
}
