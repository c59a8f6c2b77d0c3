import { expect, it } from 'vitest';
import { createEditorStore } from '@/store/editor';

const PROBLEM = { code: 'C', message: 'm', path: 'steps', line: 1, column: 1, severity: 'error' as const };

it('problems of an older text are not shown for a newer one', () => {
  const store = createEditorStore('a');
  store.getState().edit('ab');
  store.getState().judge('a', [PROBLEM]);
  expect(store.getState()).toMatchObject({ problems: [], checked: false });
  store.getState().judge('ab', [PROBLEM]);
  expect(store.getState()).toMatchObject({ problems: [PROBLEM], checked: true });
  store.getState().edit('abc');
  expect(store.getState().checked).toBe(false);
});

it('two editors share nothing', () => {
  const [one, other] = [createEditorStore('a'), createEditorStore('a', 'template')];
  one.getState().edit('b');
  one.getState().keep('b', 2);
  expect(one.getState()).toMatchObject({ saved: 'b', text: 'b', version: 2 });
  expect(other.getState()).toMatchObject({ saved: 'a', text: 'template' });
});

it('a version heard of is gone on with only while nothing was written', () => {
  const store = createEditorStore('a', 'a', 1);
  expect(store.getState().hear('b', 2)).toBe(true);
  store.getState().edit('b');
  expect(store.getState()).toMatchObject({ saved: 'b', version: 2 });
  expect(store.getState().hear('b', 2)).toBe(false);
  store.getState().edit('mine');
  expect(store.getState().hear('theirs', 3)).toBe(false);
  expect(store.getState()).toMatchObject({ saved: 'b', version: 2, text: 'mine' });
});
