import { describe, expect, it } from 'vitest';
import { gapOf } from '@/components/canvas/pulled';

/** `a`, then `b` and `c` beside each other, then `d`. */
const PLACES = new Map([
  ['a', { x: 100, y: 0 }],
  ['b', { x: 0, y: 112 }],
  ['c', { x: 250, y: 112 }],
  ['d', { x: 100, y: 224 }],
]);

const pulled = (id: string, x: number, y: number) => gapOf(['a', 'b', 'c', 'd'], PLACES, id, { x, y });

describe('a step that is pulled', () => {
  it('goes before what it is above, and after what it is below', () => {
    expect(pulled('d', 100, -40)).toEqual({ at: 'a', side: 'before', place: 0 });
    expect(pulled('a', 100, 250)).toEqual({ at: 'd', side: 'after', place: 3 });
    expect(pulled('d', 100, -4)).toEqual({ at: 'a', side: 'before', place: 0 });
    expect(pulled('d', 10, 80)).toEqual({ at: 'b', side: 'before', place: 1 });
  });

  it('goes to the side it is on within a row', () => {
    expect(pulled('c', -20, 115)).toEqual({ at: 'b', side: 'before', place: 1 });
    expect(pulled('b', 270, 110)).toEqual({ at: 'c', side: 'after', place: 2 });
  });

  it('stays while its own place is nearest, or where it would stand as before', () => {
    expect(pulled('a', 120, 30)).toBeNull();
    expect(pulled('b', 100, 20)).toBeNull();
    expect(gapOf(['a'], PLACES, 'a', { x: 900, y: 900 })).toBeNull();
  });
});
