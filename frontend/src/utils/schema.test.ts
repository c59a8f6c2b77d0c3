import { describe, expect, it } from 'vitest';
import { fieldsOf, initialValues, isJson, paramsOf } from '@/utils/schema';

const SCHEMA = {
  properties: {
    pages: { type: 'integer', title: 'Pages', default: 2, minimum: 1, maximum: 5 },
    list: { enum: ['yuepiao', 'hotsales'], default: 'yuepiao' },
    site: { type: 'string', description: 'Where to start', minLength: 1, pattern: '^http' },
    tags: { type: 'array', default: ['a'] },
    books: { type: 'array', items: { type: 'string', pattern: '^[0-9]+$' }, default: ['1'] },
    pages_saved: { type: 'array', items: { type: 'string', format: 'uuid' } },
    pool: { type: ['string', 'null'], default: null },
    either: { type: ['string', 'integer', 'null'] },
    odd: true,
  },
  required: ['site'],
};

describe('a form of a schema', () => {
  const fields = fieldsOf(SCHEMA);

  it('has a field for each property, in order', () => {
    expect(fields.map(({ name, kind, required }) => [name, kind, required])).toEqual([
      ['pages', 'integer', false],
      ['list', 'choice', false],
      ['site', 'text', true],
      ['tags', 'json', false],
      ['books', 'list', false],
      ['pages_saved', 'files', false],
      ['pool', 'text', false],
      ['either', 'json', false],
    ]);
    expect(fields[0]).toMatchObject({ label: 'Pages', min: 1, max: 5 });
    expect(fields[2]).toMatchObject({ label: 'site', help: 'Where to start', minLength: 1, pattern: '^http' });
  });

  it('starts with the defaults', () => {
    expect(initialValues(fields)).toEqual({ pages: 2, list: 'yuepiao', books: ['1'], tags: '["a"]' });
  });

  it('leaves out what is empty and reads JSON', () => {
    expect(paramsOf(fields, { pages: 0, list: '', site: 'http://x', tags: '{"b":[1]}' })).toEqual({
      pages: 0,
      site: 'http://x',
      tags: { b: [1] },
    });
  });

  it('has no fields when it is no object', () => {
    expect([fieldsOf(undefined), fieldsOf(true), fieldsOf([]), fieldsOf({})]).toEqual([[], [], [], []]);
  });
});

it('JSON is told from text', () =>
  expect(['{"a":1}', '1', '{a:1}', ''].map(isJson)).toEqual([true, true, false, false]));
