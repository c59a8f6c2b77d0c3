import { describe, expect, it } from 'vitest';
import { pointsOf } from '@/features/datasets/chart';
import type { DatasetRecord, JsonObject } from '@/types/api';

const records = (...rows: JsonObject[]) => rows.map((data, place) => ({ key: String(place), data })) as DatasetRecord[];

const BOOKS = records(
  { category: '都市', price: 10, tags: ['a', 'b'] },
  { category: '玄幻', price: 30, tags: ['a'] },
  { category: '都市', price: 20 },
  { category: null, price: 'free' },
);

describe('the points of a chart', () => {
  it('count records of each value, the most frequent first', () => {
    expect(pointsOf(BOOKS, { by: 'category', measure: 'count', most: 9 }).points).toEqual([
      { name: '都市', value: 2 },
      { name: '–', value: 1 },
      { name: '玄幻', value: 1 },
    ]);
  });

  it('measure a field of numbers and pass over what is none', () => {
    const of = (measure: 'sum' | 'mean' | 'least' | 'most') =>
      pointsOf(BOOKS, { by: 'category', measure, of: 'price', most: 9 }).points.map(({ value }) => value);
    expect(of('sum')).toEqual([30, 30]);
    expect(of('mean')).toEqual([30, 15]);
    expect(of('least')).toEqual([30, 10]);
    expect(of('most')).toEqual([30, 20]);
  });

  it('count each value of a list', () => {
    const { points } = pointsOf(BOOKS, { by: 'tags', measure: 'count', most: 9 });
    expect(points).toContainEqual({ name: 'a', value: 2 });
    expect(points).toContainEqual({ name: 'b', value: 1 });
  });

  it('stand in the order of numbers and dates, and tell how many were left out', () => {
    const days = records({ day: '2026-11-03' }, { day: '2026-11-01' }, { day: '2026-11-01' }, { day: '2026-11-02' });
    expect(pointsOf(days, { by: 'day', measure: 'count', most: 2 })).toEqual({
      points: [
        { name: '2026-11-01', value: 2 },
        { name: '2026-11-02', value: 1 },
      ],
      left: 1,
    });
    const years = records({ year: 10 }, { year: 9 }, { year: 100 });
    expect(pointsOf(years, { by: 'year', measure: 'count', most: 9 }).points.map(({ name }) => name)).toEqual([
      '9',
      '10',
      '100',
    ]);
  });
});
