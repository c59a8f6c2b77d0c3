import { describe, expect, it } from 'vitest';
import { nodesOf } from '@/components/canvas/graph';
import { definitionOf } from '@/features/workflows/edit';
import { namesFor } from '@/features/workflows/expressions';
import { complete, isExpression, suggestions } from '@/utils/expressions';

const definition =
  definitionOf(`name: x
params: {properties: {pages: {type: integer}}}
steps:
  - {id: rank, uses: qidian.ranking}
  - {id: books, uses: qidian.book, for_each: "\${{ steps.rank.output.books }}"}
  - {id: save, uses: dataset.upsert}
  - {id: aside, uses: wait.for, needs: []}
`) ?? {};
const nodes = nodesOf(definition);

describe('expressions of a step', () => {
  it('may name parameters and steps it waits for, and its item', () => {
    expect(namesFor(definition, nodes, 'save')).toEqual(
      expect.arrayContaining(['params.pages', 'steps.rank.output', 'steps.books.outputs', 'user.email']),
    );
    expect(namesFor(definition, nodes, 'books')).toEqual(expect.arrayContaining(['item', 'index']));
    expect(namesFor(definition, nodes, 'aside').filter((name) => name.startsWith('steps.'))).toEqual([]);
  });

  it('are completed at the word at their end', () => {
    const names = namesFor(definition, nodes, 'save');
    expect(suggestions(`\${{ size(st`, names)[0]).toBe('steps.rank.output');
    expect(suggestions('pages', names)).toEqual(['params.pages']);
    expect(complete('par', 'params.pages')).toBe(`\${{ params.pages }}`);
    expect(complete(`\${{ size(st }}`, 'steps.rank.output')).toBe(`\${{ size(steps.rank.output }}`);
  });

  it('are told from plain values', () => {
    expect([`a \${{ b }}`, 'a', 5, undefined].map(isExpression)).toEqual([true, false, false, false]);
  });
});
