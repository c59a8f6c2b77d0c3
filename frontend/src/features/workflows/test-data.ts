import type { StepNode } from '@/components/canvas/graph';
import type { ExecutionDetail, Json, JsonObject, StepTest } from '@/types/api';

/** Characters of recorded data that are written out; the server has the rest of it. */
const LONGEST = 20_000;

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The steps whose results the step speaks of. */
function namedIn(step: StepNode, nodes: StepNode[]): StepNode[] {
  const text = JSON.stringify(step.rest);
  return nodes.filter(({ id }) => id !== step.id && new RegExp(`steps\\.${id}\\b`).test(text));
}

/** Data to begin with: what the run recorded of what the step speaks of, or places to fill in. */
export function testDataOf(step: StepNode, nodes: StepNode[], run: ExecutionDetail | null): JsonObject {
  const steps: JsonObject = {};
  for (const { id, rest } of namedIn(step, nodes)) {
    const recorded = run?.steps.find((one) => one.id === id);
    if (!recorded) steps[id] = rest.for_each === undefined ? { output: null } : { outputs: [] };
    else if (!recorded.items && JSON.stringify(recorded.output ?? null).length < LONGEST)
      steps[id] = { status: recorded.status, output: recorded.output ?? null };
  }
  return { params: run?.params ?? {}, steps };
}

interface Wish {
  source: string;
  step: string;
  /** JSON. */
  text: string;
  execution: string | null;
  item: number;
}

/** The request for a test with the data as written. */
export function bodyOf({ source, step, text, execution, item }: Wish): StepTest {
  const data = JSON.parse(text) as Json;
  const { params, steps } = isObject(data) ? data : {};
  return {
    source,
    step,
    item,
    params: isObject(params) ? params : null,
    steps: isObject(steps) ? (steps as StepTest['steps']) : {},
    execution_id: execution,
  };
}
