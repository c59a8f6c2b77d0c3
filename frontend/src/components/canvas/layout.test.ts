import { expect, it } from 'vitest';
import { NODE, placesOf } from '@/components/canvas/layout';

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
