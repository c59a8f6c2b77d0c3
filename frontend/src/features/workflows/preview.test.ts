import { expect, it } from 'vitest';
import { nodesOf } from '@/components/canvas/graph';
import { previewOf } from '@/features/workflows/preview';

const expression = (inside: string) => `\${{ ${inside} }}`;

const nodes = nodesOf({
  steps: [
    { id: 'list', uses: 'http.request' },
    { id: 'list2', uses: 'http.request' },
    { id: 'each', uses: 'http.request', for_each: expression('steps.list.output') },
  ],
});
const [, , each] = nodes;

it('an expression is worked out with the item of its step and the steps that are named', () => {
  if (!each) throw new Error('no step');
  const test = previewOf({ expression: expression('item.url'), step: each, nodes, params: undefined, execution: 'e' });
  expect(test).toMatchObject({ step: 'preview_of_expression', execution_id: 'e' });
  expect(JSON.parse(test.source ?? '')).toEqual({
    name: 'preview',
    steps: [
      { id: 'list', uses: 'script.javascript', needs: [], with: { code: 'return null' } },
      {
        id: 'preview_of_expression',
        uses: 'script.javascript',
        needs: ['list'],
        with: { code: 'return input', input: expression('item.url') },
        for_each: expression('steps.list.output'),
      },
    ],
  });
});
