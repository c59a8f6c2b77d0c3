import { type Document, isMap, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { freeId, nodesOf } from '@/components/canvas/graph';
import type { Json, JsonObject } from '@/types/api';

/** What a text says; null while it cannot be read. */
export function definitionOf(source: string): JsonObject | null {
  const text = parseDocument(source);
  if (text.errors.length > 0 || (text.contents !== null && !isMap(text.contents))) return null;
  return (text.toJS() as JsonObject | null) ?? {};
}

type Steps = YAMLSeq<YAMLMap>;

/** Changes a text by its tree, so that remarks and the way it is written stay. */
function changed(source: string, change: (text: Document, steps: Steps) => void): string {
  const text = parseDocument(source);
  if (text.contents === null) text.contents = text.createNode({}) as unknown as typeof text.contents;
  if (!isSeq(text.get('steps'))) text.set('steps', text.createNode([]));
  change(text, text.get('steps') as Steps);
  return text.toString({ lineWidth: 0, flowCollectionPadding: false });
}

const placeOf = (steps: Steps, id: string) => steps.items.findIndex((step) => isMap(step) && step.get('id') === id);

function stepOf(steps: Steps, id: string): YAMLMap {
  const step = steps.items[placeOf(steps, id)];
  if (!step) throw new Error(`there is no step ${id}`);
  return step;
}

const idsOf = (steps: Steps) =>
  steps.items.filter((step) => isMap(step)).map((step) => ({ id: String(step.get('id')) }));

/** Adds a step after another, else at the end; tells its name. */
export function addStep(source: string, step: { uses: string; with?: JsonObject }, after?: string): [string, string] {
  let id = '';
  const text = changed(source, (tree, steps) => {
    id = freeId(idsOf(steps), step.uses);
    const place = after === undefined ? -1 : placeOf(steps, after);
    const node = tree.createNode({ id, ...step }) as YAMLMap;
    steps.flow = false;
    steps.items.splice(place < 0 ? steps.items.length : place + 1, 0, node);
  });
  return [text, id];
}

/** A second step like one, behind it. */
export function copyStep(source: string, id: string): [string, string] {
  let next = '';
  const text = changed(source, (_, steps) => {
    next = freeId(idsOf(steps), id);
    const copy = stepOf(steps, id).clone() as YAMLMap;
    copy.set('id', next);
    steps.items.splice(placeOf(steps, id) + 1, 0, copy);
  });
  return [text, next];
}

/** Takes a step out, and out of what others need. */
export const removeStep = (source: string, id: string) =>
  changed(source, (text, steps) => {
    steps.items.splice(placeOf(steps, id), 1);
    for (const step of steps.items) {
      const needs = (isMap(step) ? step.toJS(text) : {}).needs as Json;
      if (Array.isArray(needs) && needs.includes(id)) {
        step.set(
          'needs',
          text.createNode(
            needs.filter((need) => need !== id),
            { flow: true },
          ),
        );
      }
    }
  });

/** Gives a step another name, also where expressions and needs have it. */
export function renameStep(source: string, id: string, next: string): string {
  const spoken = source.replace(new RegExp(`\\bsteps\\.${id}\\b`, 'g'), `steps.${next}`);
  return changed(spoken, (text, steps) => {
    stepOf(steps, id).set('id', next);
    for (const step of steps.items) {
      const needs = (isMap(step) ? step.toJS(text) : {}).needs as Json;
      if (Array.isArray(needs) && needs.includes(id)) {
        step.set(
          'needs',
          text.createNode(
            needs.map((need) => (need === id ? next : need)),
            { flow: true },
          ),
        );
      }
    }
  });
}

/** Sets a value of a step, or takes it away. An object that is left empty goes with it. */
export const setOfStep = (source: string, id: string, path: string[], value: Json | undefined) =>
  changed(source, (text, steps) => {
    const at = ['steps', placeOf(steps, id), ...path];
    if (value !== undefined) {
      text.setIn(at, text.createNode(value, { flow: Array.isArray(value) && path.at(-1) === 'needs' }));
      return;
    }
    text.deleteIn(at);
    const parent = path.length > 1 ? text.getIn(at.slice(0, -1)) : null;
    if (isMap(parent) && parent.items.length === 0) text.deleteIn(at.slice(0, -1));
  });

/** Draws or takes away an edge. Who was silent of its needs says them from then on. */
export function connect(source: string, from: string, to: string, joined: boolean): string {
  const node = nodesOf(definitionOf(source) ?? {}).find(({ id }) => id === to);
  const others = (node?.needs ?? []).filter((need) => need !== from);
  return setOfStep(source, to, ['needs'], joined ? [...others, from] : others);
}
