import type { Json, JsonObject } from '@/types/api';

/** A step as the canvas has it. */
export interface StepNode {
  id: string;
  uses: string;
  /** Steps that must have settled: as said, or the one before. */
  needs: string[];
  /** Whether the needs are said. */
  explicit: boolean;
  /** All else of the step. */
  rest: JsonObject;
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: Json | undefined) => (typeof value === 'string' ? value : '');

/** The steps of a definition; what is none, as in a text half written, is passed over. */
export function nodesOf(definition: Json | undefined): StepNode[] {
  const steps = isObject(definition) && Array.isArray(definition.steps) ? definition.steps.filter(isObject) : [];
  return steps.map(({ id, uses, needs, ...rest }, place) => {
    const explicit = Array.isArray(needs);
    const before = place > 0 ? [text(steps[place - 1]?.id)] : [];
    return { id: text(id), uses: text(uses), needs: explicit ? needs.map(text) : before, explicit, rest };
  });
}

/** The same steps as a definition has them. */
export const stepsOf = (nodes: StepNode[]): JsonObject[] =>
  nodes.map(({ id, uses, needs, explicit, rest }) => ({ id, uses, ...(explicit ? { needs } : {}), ...rest }));

/** Whether `one` waits for `other`, straight or over further steps. */
export function waitsFor(nodes: StepNode[], one: string, other: string): boolean {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const seen = new Set<string>();
  const open = [one];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    for (const need of byId.get(id)?.needs ?? []) {
      if (need === other) return true;
      open.push(need);
    }
  }
  return false;
}

/** Whether an edge may be drawn: no step waits for itself, nor for what waits for it. */
export const mayConnect = (nodes: StepNode[], from: string, to: string) =>
  from !== to && !waitsFor(nodes, from, to) && !nodes.find(({ id }) => id === to)?.needs.includes(from);

/** A name that no step has: `http_request`, `http_request_2` … */
export function freeId(nodes: { id: string }[], wanted: string): string {
  const base = wanted.replace(/[^A-Za-z0-9_]/g, '_') || 'step';
  const taken = new Set(nodes.map(({ id }) => id));
  for (let count = 1; ; count++) {
    const id = count === 1 ? base : `${base}_${count}`;
    if (!taken.has(id)) return id;
  }
}
