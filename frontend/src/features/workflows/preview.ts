import type { StepNode } from '@/components/canvas/graph';
import type { JsonObject, StepTest } from '@/types/api';

const ID = 'preview_of_expression';

/** Steps that an expression names, in the order of the workflow. */
const namedIn = (expression: string, nodes: StepNode[]) =>
  nodes.filter(({ id }) => new RegExp(`\\bsteps\\.${id}\\b`).test(expression));

interface Wish {
  expression: string;
  step: StepNode;
  nodes: StepNode[];
  params: JsonObject | undefined;
  /** The run whose data is used. */
  execution: string | null;
}

/**
 * A test of a step that gives back what an expression means in the place of another step: with that
 * one's item, and what the run recorded.
 */
export function previewOf({ expression, step, nodes, params, execution }: Wish): StepTest {
  const { for_each } = step.rest;
  const before = namedIn(expression + JSON.stringify(for_each ?? null), nodes).map(({ id, rest }) => ({
    id,
    uses: 'script.javascript',
    needs: [],
    with: { code: 'return null' },
    ...(rest.for_each === undefined ? {} : { for_each: [] }),
  }));
  const shown = {
    id: ID,
    uses: 'script.javascript',
    needs: before.map(({ id }) => id),
    with: { code: 'return input', input: expression },
    ...(for_each === undefined ? {} : { for_each }),
  };
  const source = JSON.stringify({ name: 'preview', ...(params ? { params } : {}), steps: [...before, shown] });
  return { source, step: ID, item: 0, params: null, steps: {}, execution_id: execution };
}
