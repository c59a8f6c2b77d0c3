import type { StepNode } from '@/components/canvas/graph';
import { waitsFor } from '@/components/canvas/graph';
import type { Json, JsonObject } from '@/types/api';
import { FUNCTIONS } from '@/utils/expressions';

const ALWAYS = ['user.id', 'user.email', 'execution.id', 'trigger.kind', 'now'];

const members = (value: Json | undefined) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];

/** What an expression in a step may name: parameters, results of steps it waits for, and what is always there. */
export function namesFor(definition: JsonObject, nodes: StepNode[], id: string): string[] {
  const params = definition.params as JsonObject | undefined;
  const before = nodes.filter((node) => waitsFor(nodes, id, node.id));
  const each = nodes.find((node) => node.id === id)?.rest.for_each !== undefined;
  return [
    ...members(params?.properties).map((name) => `params.${name}`),
    ...before.flatMap((node) => [
      `steps.${node.id}.${node.rest.for_each === undefined ? 'output' : 'outputs'}`,
      `steps.${node.id}.status`,
    ]),
    ...(each ? ['item', 'index'] : []),
    ...ALWAYS,
    ...FUNCTIONS,
  ];
}
