import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { definitionOf } from '@/features/workflows/edit';
import {
  addParam,
  moveParam,
  removeParam,
  renameParam,
  requireParam,
  retypeParam,
  setOfParam,
} from '@/features/workflows/edit-params';
import { PARAM_TYPES, paramsIn } from '@/features/workflows/params';
import { definition, value } from '@/testing/definitions';
import type { JsonObject } from '@/types/api';

const SOURCE = `name: books
params: # asked for
  properties:
    # How many.
    pages: {type: integer, default: 2, minimum: 1} # few
    list:
      type: string
      enum: [yuepiao, hotsales]
      x-note: kept
  required: [list]
triggers:
  - interval: 1h
    params: {pages: 3, list: yuepiao}
steps:
  - id: rank
    uses: qidian.ranking
    if: params.pages > 1 && size(params.list) > 0
    for_each: params.list
    with:
      list: "\${{ params.list }}"
      note: "params.pages of \${{ {'a': {'pages': params.pages}} }}, \${{ steps.x.output.params.pages + params.pages_2 + params['pages'] }}"
      code: "const params = {pages: 1}; return params.pages"
`;

const told = (source: string) =>
  paramsIn(definitionOf(source) ?? {}).map(({ name, type, required }) => `${name}${required ? '*' : ''} ${type}`);

const schemaOf = (source: string, wanted: string) =>
  paramsIn(definitionOf(source) ?? {}).find(({ name }) => name === wanted)?.schema;

const withParams = definition.filter(({ params }) => Object.keys(params?.properties ?? {}).length > 0);

describe('a form of parameters and the text', () => {
  it('keep all else when a parameter is changed and changed back', () => {
    fc.assert(
      fc.property(withParams, value, (made, other) => {
        const source = stringify(made);
        const names = paramsIn(made as JsonObject).map(({ name }) => name);
        const [first = '', last] = [names[0], names.length - 1];
        expect(definitionOf(removeParam(...addParam(source)))).toEqual(made);
        expect(definitionOf(moveParam(moveParam(source, first, last), first, 0))).toEqual(made);
        expect(paramsIn(definitionOf(moveParam(source, first, last)) ?? {}).map(({ name }) => name)).toEqual([
          ...names.slice(1),
          first,
        ]);
        expect(definitionOf(requireParam(requireParam(source, first, true), first, false))).toEqual(made);
        expect(definitionOf(renameParam(renameParam(source, first, 'quite_another'), 'quite_another', first))).toEqual(
          made,
        );
        const [added, name] = addParam(source);
        const set = setOfParam(added, name, 'default', other);
        expect(schemaOf(set, name)).toEqual({ type: 'string', default: other });
        expect(definitionOf(removeParam(setOfParam(set, name, 'default', undefined), name))).toEqual(made);
      }),
      { numRuns: 40 },
    );
  });

  it('have every type, however it is come to', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PARAM_TYPES), { minLength: 1, maxLength: 6 }), (types) => {
        const text = types.reduce((source, type) => retypeParam(source, 'pages', type, 'one'), SOURCE);
        expect(told(text)).toEqual([`pages ${types.at(-1)}`, 'list* choice']);
        expect(text).toContain('# asked for');
      }),
    );
  });
});

describe('the parameters of a workflow', () => {
  it('are read from its schema', () => {
    expect(told(SOURCE)).toEqual(['pages integer', 'list* choice']);
    expect(
      paramsIn({ params: { properties: { a: true, b: { type: ['integer', 'null'] }, c: { type: [] } } } }),
    ).toEqual([
      { name: 'a', type: 'any', required: false, schema: {} },
      { name: 'b', type: 'integer', required: false, schema: { type: ['integer', 'null'] } },
      { name: 'c', type: 'any', required: false, schema: { type: [] } },
    ]);
    expect(paramsIn({ params: 5 })).toEqual([]);
  });

  it('begin in a text that has none', () => {
    const [text, name] = addParam('name: books\nsteps: []\n');
    expect(name).toBe('param');
    expect(definitionOf(text)).toEqual({
      name: 'books',
      params: { properties: { param: { type: 'string' } } },
      steps: [],
    });
    expect(addParam(text)[1]).toBe('param_2');
    expect(definitionOf(removeParam(text, name))).toEqual({ name: 'books', steps: [] });
    expect(told(addParam('params: nonsense\n')[0])).toEqual(['param string']);
  });

  it('are renamed wherever they are spoken of, and nowhere else', () => {
    const text = renameParam(renameParam(SOURCE, 'pages', 'count'), 'list', 'ranking');
    expect(told(text)).toEqual(['count integer', 'ranking* choice']);
    expect(text).toContain('params: { count: 3, ranking: yuepiao }'.replaceAll('{ ', '{').replaceAll(' }', '}'));
    expect(text).toContain('if: params.count > 1 && size(params.ranking) > 0');
    expect(text).toContain('for_each: params.ranking\n');
    expect(text).toContain(`"params.pages of \${{ {'a': {'pages': params.count}} }}`);
    expect(text).toContain('steps.x.output.params.pages + params.pages_2 + params.count }}');
    expect(text).toContain('return params.pages');
    expect(text).toContain('# few');
  });

  it('take the remark above them along', () => {
    expect(moveParam(SOURCE, 'pages', 1)).toMatch(/x-note: kept\n {4}# How many\.\n {4}pages: /);
  });

  it('keep under another type what still holds', () => {
    expect(schemaOf(retypeParam(SOURCE, 'pages', 'number', ''), 'pages')).toEqual({
      type: 'number',
      default: 2,
      minimum: 1,
    });
    expect(schemaOf(retypeParam(SOURCE, 'pages', 'string', ''), 'pages')).toEqual({ type: 'string' });
    expect(schemaOf(retypeParam(SOURCE, 'list', 'string', ''), 'list')).toEqual({ type: 'string', 'x-note': 'kept' });
    expect(schemaOf(retypeParam(SOURCE, 'pages', 'choice', 'first'), 'pages')).toEqual({
      type: 'string',
      enum: ['first'],
    });
  });
});
