import type { StepNode } from '@/components/canvas/graph';
import { waitsFor } from '@/components/canvas/graph';
import type { Json, JsonObject } from '@/types/api';

export const isExpression = (value: Json | undefined) => typeof value === 'string' && value.includes('${{');

const ALWAYS = ['user.id', 'user.email', 'execution.id', 'trigger.kind', 'now'];
const FUNCTIONS = [
  'size()',
  'lower()',
  'upper()',
  'trim()',
  'split()',
  'join()',
  'replace()',
  'toJson()',
  'parseJson()',
];

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

const LAST_WORD = /[A-Za-z_][\w.]*$/;

/** Names that begin with, or hold, the word at the end. */
export function suggestions(text: string, names: string[]): string[] {
  const word = (LAST_WORD.exec(text.replace(/\s*\}\}\s*$/, ''))?.[0] ?? '').toLowerCase();
  const starts = names.filter((name) => name.toLowerCase().startsWith(word));
  const holds = names.filter((name) => !starts.includes(name) && word !== '' && name.toLowerCase().includes(word));
  return [...starts, ...holds];
}

/** The text with its last word in full; what was not yet an expression becomes one. */
export function complete(text: string, name: string): string {
  const open = text.replace(/\s*\}\}\s*$/, '').replace(LAST_WORD, '');
  const begun = isExpression(open) ? open : `\${{ ${open}`;
  return `${begun}${name} }}`;
}
