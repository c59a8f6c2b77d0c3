import { describe, expect, it } from 'vitest';
import { CELL, chosenOf, layoutOf, moved, placeAt, stateAt } from '@/features/executions/items/grid';

describe('the grid of items', () => {
  it('reads the letters of the map', () => {
    expect([...'prwsfkc'].map((_, index) => stateAt('prwsfkc', index))).toEqual([
      'pending',
      'running',
      'waiting',
      'succeeded',
      'failed',
      'skipped',
      'cancelled',
    ]);
  });

  it('shows those in a state, or all', () => {
    expect(chosenOf('sfsf', 'failed')).toEqual([1, 3]);
    expect(chosenOf('sfsf', 'running')).toEqual([]);
    expect(chosenOf('sfsf', undefined)).toBeUndefined();
  });

  it('fills rows of as many cells as fit', () => {
    expect(layoutOf(10_000, 50 * CELL)).toEqual({ columns: 50, rows: 200, height: 200 * CELL });
    expect(layoutOf(3, 5)).toEqual({ columns: 1, rows: 3, height: 3 * CELL });
    expect(layoutOf(0, 800).rows).toBe(0);
  });

  it('knows which cell is under a point', () => {
    const layout = layoutOf(25, 10 * CELL);
    expect(placeAt(layout, 25, 3 * CELL + 1, CELL + 1)).toBe(13);
    expect(placeAt(layout, 25, 3 * CELL - 1, 1)).toBeUndefined();
    expect(placeAt(layout, 25, 6 * CELL + 1, 2 * CELL + 1)).toBeUndefined();
    expect(placeAt(layout, 25, 12 * CELL, 1)).toBeUndefined();
  });

  it('is walked by keys and not left by them', () => {
    expect(moved('ArrowDown', 3, 25, 10)).toBe(13);
    expect(moved('ArrowUp', 3, 25, 10)).toBe(0);
    expect(moved('End', 3, 25, 10)).toBe(24);
    expect(moved('Home', 3, 25, 10)).toBe(0);
    expect(moved('PageDown', 3, 25, 10)).toBe(24);
    expect(moved('a', 3, 25, 10)).toBeUndefined();
  });
});
