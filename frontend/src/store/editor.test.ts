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
  one.getState().keep('b');
  expect(one.getState()).toMatchObject({ saved: 'b', text: 'b' });
  expect(other.getState()).toMatchObject({ saved: 'a', text: 'template' });
});
