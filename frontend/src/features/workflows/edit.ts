import {
  type Document,
  isMap,
  isNode,
  isPair,
  isSeq,
  parseDocument,
  stringify,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
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
export function rewritten(source: string, change: (text: Document) => void): string {
  const text = parseDocument(source);
  if (text.contents === null) text.contents = text.createNode({}) as unknown as typeof text.contents;
  change(text);
  return text.toString({ lineWidth: 0, flowCollectionPadding: false });
}

const changed = (source: string, change: (text: Document, steps: Steps) => void) =>
  rewritten(source, (text) => {
    if (!isSeq(text.get('steps'))) text.set('steps', text.createNode([]));
    change(text, text.get('steps') as Steps);
  });

/** Gives one of several another place; a remark above the first, which the tree has above all, is that one's. */
export function moved(all: YAMLMap<unknown, unknown> | YAMLSeq<unknown>, from: number, to: number) {
  const items = all.items as unknown[];
  const first = isPair(items[0]) ? items[0].key : items[0];
  if (all.commentBefore && isNode(first)) {
    first.commentBefore = [all.commentBefore, first.commentBefore].filter(Boolean).join('\n');
    all.commentBefore = undefined;
  }
  const [item] = items.splice(from, 1);
  if (item) items.splice(to, 0, item);
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

/** Gives a step another place among the others; who is silent of its needs waits for the one that is then before. */
export const moveStep = (source: string, id: string, place: number) =>
  changed(source, (_, steps) => moved(steps, placeOf(steps, id), place));

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

/** Takes several out. */
export const removeSteps = (source: string, ids: string[]) => ids.reduce(removeStep, source);

/** Steps as a text of their own, in the order of the workflow. */
export function textOf(source: string, ids: string[]): string {
  const steps = stepsIn(source).filter((step) => ids.includes(String(step.id)));
  return stringify(steps, { lineWidth: 0 });
}

const stepsIn = (source: string) =>
  ((definitionOf(source)?.steps ?? []) as Json[]).filter((step): step is JsonObject => isStep(step));

const isStep = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && typeof (value as JsonObject).uses === 'string';

/** The steps that a text consists of; none when it is something else. */
function stepsOfText(text: string): JsonObject[] {
  const read = parseDocument(text);
  const value: unknown = read.errors.length > 0 ? null : read.toJS();
  return Array.isArray(value) && value.length > 0 && value.every(isStep) ? value : [];
}

/**
 * Adds steps from a text at the end, with names of their own wherever they speak of each other; what they
 * waited for that is not here is forgotten. Tells their names; null when the text is no steps.
 */
export function pasteSteps(source: string, text: string): [string, string[]] | null {
  const pasted = stepsOfText(text);
  if (pasted.length === 0) return null;
  const taken = stepsIn(source).map(({ id }) => ({ id: String(id) }));
  const known = new Set(taken.map(({ id }) => id));
  const names = new Map<string, string>();
  for (const { id, uses } of pasted) {
    const next = freeId(taken, String(id ?? uses));
    taken.push({ id: next });
    known.add(next);
    names.set(String(id), next);
  }
  const steps = pasted.map((step) => {
    let spoken = JSON.stringify(step);
    for (const [old, next] of names) {
      if (old !== next) spoken = spoken.replace(new RegExp(`\\bsteps\\.${old}\\b`, 'g'), `steps.${next}`);
    }
    const { id, needs, ...rest } = JSON.parse(spoken) as JsonObject;
    const still = Array.isArray(needs)
      ? needs.map((need) => names.get(String(need)) ?? String(need)).filter((need) => known.has(need))
      : undefined;
    return { id: names.get(String(id)) ?? '', ...(still ? { needs: still } : {}), ...rest };
  });
  const next = changed(source, (tree, all) => {
    all.flow = false;
    for (const step of steps) all.items.push(tree.createNode(step) as YAMLMap);
  });
  return [next, steps.map(({ id }) => id)];
}

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
