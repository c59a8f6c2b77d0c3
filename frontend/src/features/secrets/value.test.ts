import { expect, it } from 'vitest';
import { kindOf, readOf, writtenOf } from '@/features/secrets/value';
import type { Json } from '@/types/api';

it.each<[Json, string]>([
  ['eu-west', 'text'],
  ['5', 'text'],
  [5, 'json'],
  [null, 'json'],
  [{ a: [1, true] }, 'json'],
])('%j stays what it is when it is written and read', (value, kind) => {
  expect(kindOf(value)).toBe(kind);
  expect(readOf(kindOf(value), writtenOf(value))).toEqual(value);
});

it('what is not there yet begins as an empty text', () => {
  expect([kindOf(undefined), writtenOf(undefined)]).toEqual(['text', '']);
});
