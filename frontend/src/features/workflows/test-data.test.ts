import { describe, expect, it } from 'vitest';
import type { StepNode } from '@/components/canvas/graph';
import { bodyOf, testDataOf } from '@/features/workflows/test-data';
import type { ExecutionDetail } from '@/types/api';

const node = (id: string, rest = {}): StepNode => ({ id, uses: 'x', needs: [], explicit: false, rest });
// biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of a workflow
const READ = node('read', { with: { html: '${{ steps.page.output.body }}', more: '${{ steps.each.outputs }}' } });
const NODES = [node('page'), node('pages'), node('each', { for_each: '[1]' }), READ];

const run = (steps: object[]) => ({ params: { n: 1 }, steps }) as unknown as ExecutionDetail;

describe('test data of a step', () => {
  it('has places for the results that the step speaks of', () =>
    expect(testDataOf(READ, NODES, null)).toEqual({
      params: {},
      steps: { page: { output: null }, each: { outputs: [] } },
    }));

  it('is what a run recorded', () =>
    expect(testDataOf(READ, NODES, run([{ id: 'page', status: 'succeeded', output: { body: 'x' } }]))).toEqual({
      params: { n: 1 },
      steps: { page: { status: 'succeeded', output: { body: 'x' } }, each: { outputs: [] } },
    }));

  it('leaves to the server what is large, and the results of items', () => {
    const large = { id: 'page', status: 'succeeded', output: 'x'.repeat(30_000) };
    const items = { id: 'each', status: 'succeeded', items: { total: 3 } };
    expect(testDataOf(READ, NODES, run([large, items])).steps).toEqual({});
  });

  it('goes to the server as it was written', () => {
    const text = '{"params": {"n": 2}, "steps": {"page": {"output": 1}}}';
    expect(bodyOf({ source: 's', step: 'read', text, execution: 'e', item: 4 })).toEqual({
      source: 's',
      step: 'read',
      item: 4,
      params: { n: 2 },
      steps: { page: { output: 1 } },
      execution_id: 'e',
    });
  });
});
