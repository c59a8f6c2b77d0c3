import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { freeId, mayConnect, nodesOf, stepsOf } from '@/components/canvas/graph';
import {
  addStep,
  connect,
  copyStep,
  definitionOf,
  moveStep,
  pasteSteps,
  removeStep,
  removeSteps,
  renameStep,
  setOfStep,
  textOf,
} from '@/features/workflows/edit';
import { definition, expression, value } from '@/testing/definitions';
import type { JsonObject } from '@/types/api';

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
        const last = made.steps.length - 1;
        expect(definitionOf(moveStep(moveStep(source, id, last), id, 0))).toEqual(made);
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

  it('change places, and take the remarks beside them along', () => {
    const text = moveStep(SOURCE, 'rank', 1);
    expect(stepsIn(text).map(({ id }) => id)).toEqual(['read', 'rank', 'save']);
    expect(text).toContain('- id: rank # the list');
    expect(nodesOf(definitionOf(text) ?? {}).map(({ needs }) => needs)).toEqual([[], ['read'], ['read']]);
    expect(moveStep(text, 'rank', 0)).toBe(moveStep(SOURCE, 'rank', 0));
    const remarked = SOURCE.replace('  - id: rank', '  # First of all.\n  - id: rank');
    expect(moveStep(remarked, 'rank', 1)).toMatch(/id: read[\s\S]*# First of all\.\n {2}- id: rank/);
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
