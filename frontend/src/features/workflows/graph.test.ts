import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { freeId, mayConnect, nodesOf, stepsOf } from '@/components/canvas/graph';
import {
  addStep,
  connect,
  copyStep,
  definitionOf,
  pasteSteps,
  removeStep,
  removeSteps,
  renameStep,
  setOfStep,
  textOf,
} from '@/features/workflows/edit';
import type { Json, JsonObject } from '@/types/api';

const SOURCE = `# Every morning.
name: books
steps:
  - id: rank # the list
    uses: qidian.ranking
    with: {list: yuepiao}
  - id: read
    uses: qidian.book
    for_each: "\${{ steps.rank.output.books }}"
  - id: save
    uses: dataset.upsert
    needs: [read]
    with:
      records: "\${{ steps.read.outputs }}"
`;

const stepsIn = (source: string) => (definitionOf(source)?.steps ?? []) as JsonObject[];

const expression = (inside: string) => `\${{ ${inside} }}`;

const value: fc.Arbitrary<Json> = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.string(),
    fc.constantFrom(
      expression('params.pages'),
      'null',
      '007',
      'true',
      '~',
      '- a',
      'a: b',
      '# no',
      '\n  x\n',
      '2026-01-01',
    ),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), tie('json'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).json as fc.Arbitrary<Json>;

const input = fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), value, { maxKeys: 4, noNullPrototype: true });

/** Definitions whose steps have names of their own and need only steps above them. */
const definition = fc
  .uniqueArray(fc.stringMatching(/^[a-z][a-z0-9_]{0,6}$/), { minLength: 1, maxLength: 8 })
  .chain((ids) =>
    fc.tuple(
      ...ids.map((id, place) =>
        fc.record(
          {
            id: fc.constant(id),
            uses: fc.constantFrom('http.request', 'script.javascript', 'wait.for'),
            with: input,
            needs: fc.subarray(ids.slice(0, place)),
            if: fc.constantFrom(expression('params.on'), true),
            for_each: fc.array(value, { maxLength: 3 }),
            max_parallel: fc.integer({ min: 1, max: 9 }),
            retry: fc.record({ max_attempts: fc.integer({ min: 1, max: 9 }) }),
            timeout: fc.constantFrom('30s', '1h30m'),
            on_error: fc.constantFrom('fail', 'continue'),
          },
          { requiredKeys: ['id', 'uses'], noNullPrototype: true },
        ),
      ),
    ),
  )
  .chain((steps) =>
    fc.record(
      {
        name: fc.string({ minLength: 1 }),
        params: fc.record({ properties: input }, { noNullPrototype: true }),
        outputs: input,
        steps: fc.constant(steps as unknown as JsonObject[]),
      },
      { requiredKeys: ['name', 'steps'], noNullPrototype: true },
    ),
  );

describe('canvas and text', () => {
  it('are the same definition, whichever way one goes', () => {
    fc.assert(
      fc.property(definition, (made) => {
        const read = definitionOf(stringify(made));
        expect(read).toEqual(made);
        expect(stepsOf(nodesOf(read as JsonObject))).toEqual(made.steps);
      }),
    );
  });

  it('keep all else when a step is changed and changed back', () => {
    fc.assert(
      fc.property(definition, value, (made, other) => {
        const source = stringify(made);
        const { id } = made.steps[0] as { id: string };
        const [added, next] = addStep(source, { uses: 'wait.for', with: { duration: '1s' } });
        expect(definitionOf(removeStep(added, next))).toEqual(made);
        expect(definitionOf(setOfStep(setOfStep(source, id, ['extra'], other), id, ['extra'], undefined))).toEqual(
          made,
        );
        const free = freeId(made.steps as { id: string }[], 'quite_another');
        expect(definitionOf(renameStep(renameStep(source, id, free), free, id))).toEqual(made);
      }),
    );
  });
});

describe('the steps of a workflow', () => {
  it('need the one before unless they say otherwise', () => {
    expect(nodesOf(definitionOf(SOURCE) ?? {}).map(({ id, needs, explicit }) => [id, needs, explicit])).toEqual([
      ['rank', [], false],
      ['read', ['rank'], false],
      ['save', ['read'], true],
    ]);
  });

  it('are added into the chain, with a name of their own, and remarks stay', () => {
    const [text, id] = addStep(SOURCE, { uses: 'wait.for', with: { duration: '1s' } }, 'rank');
    expect(id).toBe('wait_for');
    expect(stepsIn(text).map((step) => step.id)).toEqual(['rank', 'wait_for', 'read', 'save']);
    expect(text).toContain('# Every morning.');
    expect(text).toContain('# the list');
    expect(text).toContain('with: {list: yuepiao}');
    expect(addStep(text, { uses: 'wait.for' })[1]).toBe('wait_for_2');
  });

  it('are renamed wherever they are spoken of', () => {
    const text = renameStep(SOURCE, 'read', 'books');
    expect(text).toContain('steps.books.outputs');
    expect(stepsIn(text)[2]).toMatchObject({ needs: ['books'] });
  });

  it('leave nobody waiting for one that is gone', () => {
    expect(stepsIn(removeStep(SOURCE, 'read'))).toMatchObject([{ id: 'rank' }, { id: 'save', needs: [] }]);
  });

  it('are copied behind themselves', () => {
    const [text, id] = copyStep(SOURCE, 'rank');
    expect(id).toBe('rank_2');
    expect(stepsIn(text)[1]).toEqual({ id: 'rank_2', uses: 'qidian.ranking', with: { list: 'yuepiao' } });
  });

  it('are copied several at once, with names of their own that they know each other by', () => {
    const pasted = pasteSteps(SOURCE, textOf(SOURCE, ['read', 'save']));
    expect(pasted?.[1]).toEqual(['read_2', 'save_2']);
    const [text = ''] = pasted ?? [];
    expect(text).toContain('# Every morning.');
    expect(stepsIn(text).slice(3)).toEqual([
      { id: 'read_2', uses: 'qidian.book', for_each: expression('steps.rank.output.books') },
      {
        id: 'save_2',
        uses: 'dataset.upsert',
        needs: ['read_2'],
        with: { records: expression('steps.read_2.outputs') },
      },
    ]);
    expect(definitionOf(removeSteps(text, ['read_2', 'save_2']))).toEqual(definitionOf(SOURCE));
    const elsewhere = pasteSteps('name: other\n', textOf(SOURCE, ['save']))?.[0] ?? '';
    expect(stepsIn(elsewhere)).toMatchObject([{ id: 'save', needs: [] }]);
    expect([pasteSteps(SOURCE, 'just words'), pasteSteps(SOURCE, '- a: 1'), pasteSteps(SOURCE, '[')]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('are joined and parted, never in a circle', () => {
    const nodes = nodesOf(definitionOf(SOURCE) ?? {});
    expect([mayConnect(nodes, 'rank', 'save'), mayConnect(nodes, 'save', 'rank')]).toEqual([true, false]);
    expect(mayConnect(nodes, 'read', 'save')).toBe(false);
    expect(stepsIn(connect(SOURCE, 'rank', 'save', true))[2]).toMatchObject({ needs: ['read', 'rank'] });
    expect(stepsIn(connect(SOURCE, 'rank', 'read', false))[1]).toMatchObject({ needs: [] });
  });

  it('are not read from a text that is none', () => {
    expect(definitionOf('steps: [')).toBeNull();
    expect(definitionOf('just words')).toBeNull();
    expect(nodesOf(definitionOf('steps: 5') ?? {})).toEqual([]);
  });

  it('begin in an empty text', () => {
    expect(stepsIn(addStep('', { uses: 'wait.for' })[0])).toEqual([{ id: 'wait_for', uses: 'wait.for' }]);
  });
});
