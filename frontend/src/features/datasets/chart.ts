import type { DatasetRecord, Json } from '@/types/api';

export const CHARTS = ['bar', 'line', 'pie'] as const;
export type ChartKind = (typeof CHARTS)[number];
export const MEASURES = ['count', 'sum', 'mean', 'least', 'most'] as const;
export type Measure = (typeof MEASURES)[number];

export interface Point {
  name: string;
  value: number;
}

export interface Asked {
  by: string;
  measure: Measure;
  /** The field that is measured; nothing is when records are counted. */
  of?: string;
  /** Most points; of more, those with the largest values stay. */
  most: number;
}

const FOLD: Record<Measure, (values: number[]) => number> = {
  count: (values) => values.length,
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  mean: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  least: (values) => values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
  most: (values) => values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
};

const nameOf = (value: Json | undefined): string => {
  if (value === null || value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** Points that have an order of their own, numbers and dates, keep it; others go by size. */
const ordered = (points: Point[]) =>
  points.every(({ name }) => name.trim() !== '' && Number.isFinite(Number(name))) ||
  points.every(({ name }) => /^\d{4}-\d\d(-\d\d.*)?$/.test(name));

const inOrder = (a: Point, b: Point) =>
  Number.isFinite(Number(a.name)) ? Number(a.name) - Number(b.name) : a.name < b.name ? -1 : 1;

/** Groups records by a field and measures each group; a value in a list counts for itself. */
export function pointsOf(
  records: DatasetRecord[],
  { by, measure, of, most }: Asked,
): { points: Point[]; left: number } {
  const groups = new Map<string, number[]>();
  for (const { data } of records) {
    const measured = of ? data[of] : 1;
    if (typeof measured !== 'number') continue;
    const values = data[by];
    for (const value of Array.isArray(values) ? values : [values]) {
      const name = nameOf(value);
      const group = groups.get(name);
      if (group) group.push(measured);
      else groups.set(name, [measured]);
    }
  }
  const points = [...groups].map(([name, values]) => ({ name, value: FOLD[measure](values) }));
  points.sort((a, b) => b.value - a.value || (a.name < b.name ? -1 : 1));
  const kept = points.slice(0, most);
  if (ordered(kept)) kept.sort(inOrder);
  return { points: kept, left: points.length - kept.length };
}
