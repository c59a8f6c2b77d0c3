import { describe, expect, it } from 'vitest';
import { wordsFor } from '@/components/code/complete';

const WORDS = { actions: [{ name: 'http.request', title: 'HTTP request' }] };
const TEXT = `name: x
params:
  properties:
    pages: {type: integer}
    site:
      type: string
steps:
  - id: rank
    uses: qidian.ranking
  - {id: books, uses: qidian.book}
`;

const labels = (line: string) => wordsFor(`${TEXT}${line}`, TEXT, WORDS)?.options.map(({ label }) => label) ?? null;

describe('what may be written next', () => {
  it('is an action after uses', () => expect(labels('    uses: ht')).toEqual(['http.request']));

  it('is a name within an expression', () => {
    expect(labels('    if: "${{ ')).toContain('params');
    expect(labels('    if: "${{ params.')).toEqual(['pages', 'site']);
    expect(labels('    if: "${{ size(steps.')).toEqual(['rank', 'books']);
    expect(labels('    if: "${{ steps.rank.')).toContain('output');
  });

  it('is nothing elsewhere', () => {
    expect(labels('    with: ')).toBeNull();
    expect(labels(`    if: "\${{ params.pages }} `)).toBeNull();
  });

  it('begins where the word does', () => {
    const before = `${TEXT}    if: "\${{ params.pa`;
    expect(wordsFor(before, TEXT, WORDS)?.from).toBe(before.length - 2);
  });
});
