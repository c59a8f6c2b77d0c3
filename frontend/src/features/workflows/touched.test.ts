import { expect, it } from 'vitest';
import { touchedBy } from '@/features/workflows/touched';

it('names each step once, by what became of it', () => {
  const changes = [
    { path: 'name', before: 'old', after: 'new' },
    { path: 'params.properties.pages.default', before: 1, after: 2 },
    { path: 'params.properties.deep', before: null, after: true },
    { path: 'steps.fetch.with.url', before: 'a', after: 'b' },
    { path: 'steps.fetch.with.method', before: null, after: 'GET' },
    { path: 'steps.save', before: null, after: { id: 'save' } },
    { path: 'on_failure.tell', before: { id: 'tell' }, after: null },
    { path: 'finally', before: null, after: [{ id: 'sweep' }] },
  ];
  expect(touchedBy(changes)).toEqual({
    added: ['save', 'sweep'],
    changed: ['fetch'],
    removed: ['tell'],
    others: ['name', 'params'],
  });
});

it('finds nothing in remarks that changed alone', () => {
  expect(touchedBy([])).toEqual({ added: [], changed: [], removed: [], others: [] });
});
