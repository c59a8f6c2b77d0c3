import { expect, it } from 'vitest';
import { placesOf } from '@/components/canvas/layout';
import { NODE } from '@/components/canvas/node';
import { oneEach } from '@/components/canvas/step';

it('steps stand below those they wait for, and none on another', () => {
  const places = placesOf([
    { id: 'a', needs: [] },
    { id: 'b', needs: ['a'] },
    { id: 'c', needs: ['a', 'gone'] },
    { id: 'd', needs: ['b', 'c'] },
  ]);
  const at = (id: string) => places.get(id) ?? { x: 0, y: 0 };
  expect(at('a').y).toBeLessThan(at('b').y);
  expect(at('b').y).toBeLessThan(at('d').y);
  expect(at('b').y).toBe(at('c').y);
  expect(Math.abs(at('b').x - at('c').x)).toBeGreaterThanOrEqual(NODE.width);
});

it('a graph of thousands is laid out at once, in layers', () => {
  const steps = Array.from({ length: 5_000 }, (_, place) => ({
    id: `s${place}`,
    needs: place < 25 ? [] : [`s${place - 25}`, ...(place % 5 === 0 ? [`s${place - 24}`, 'gone'] : [])],
  }));
  const begun = performance.now();
  const places = placesOf(steps);
  expect(performance.now() - begun).toBeLessThan(1_000);
  const at = (id: string) => places.get(id) ?? { x: 0, y: 0 };
  for (const { id, needs } of steps)
    for (const need of needs.filter((one) => places.has(one))) expect(at(need).y).toBeLessThan(at(id).y);
  expect(new Set([...places.values()].map(({ x, y }) => `${x} ${y}`)).size).toBe(steps.length);
});

it('steps of a large graph that wait for each other do not hang it', () => {
  const steps = Array.from({ length: 200 }, (_, place) => ({ id: `s${place}`, needs: [`s${(place + 1) % 200}`] }));
  expect(placesOf(steps).size).toBe(200);
});

it('two steps of one id are drawn as the last of them, where the first stood', () => {
  const step = (id: string, uses: string) => ({ id, uses, needs: [] });
  const drawn = oneEach([
    step('make', 'script.javascript'),
    step('save', 'dataset.upsert'),
    step('make', 'http.request'),
  ]);
  expect(drawn.map(({ id, uses }) => `${id} ${uses}`)).toEqual(['make http.request', 'save dataset.upsert']);
});
