import { describe, expect, it } from 'vitest';
import { contains, entriesOf, pathOf } from '@/utils/json';

it('members are those of objects and lists', () => {
  expect(entriesOf({ a: 1 })).toEqual([['a', 1]]);
  expect(entriesOf(['x'])).toEqual([['0', 'x']]);
  expect([entriesOf(null), entriesOf('text'), entriesOf(3)]).toEqual([null, null, null]);
});

it('paths are spelt as expressions spell them', () => {
  expect(pathOf(pathOf(pathOf('', 'steps', false), 'rows', false), '0', true)).toBe('steps.rows[0]');
});

describe('a search', () => {
  const VALUE = { books: [{ title: '山外来信', price: 12.5 }], none: null };
  it.each(['books', 'title', '来信', '12.5', 'null', ''])('finds %j', (needle) =>
    expect(contains('root', VALUE, needle)).toBe(true),
  );
  it('does not find what is not there', () => expect(contains('root', VALUE, 'author')).toBe(false));
});
