import { expect, it } from 'vitest';
import { barsOf } from '@/features/datasets/bars';
import type { DatasetVersion } from '@/types/api';

const batch = (version: number, added: number, changed = 0) =>
  ({ version, added, changed, removed: 0, at: '2026-11-26T08:00:00Z' }) as DatasetVersion;

it('draws the oldest first, and lets small batches be seen beside large ones', () => {
  const bars = barsOf([batch(3, 0), batch(2, 0, 1), batch(1, 10_000)]);
  expect(bars.map(({ version, changed, height }) => [version, changed, height])).toEqual([
    [1, 10_000, 26],
    [2, 1, 2],
    [3, 0, 0],
  ]);
});

it('draws no more than the last ones', () => {
  const bars = barsOf(Array.from({ length: 50 }, (_, place) => batch(50 - place, 1)));
  expect([bars.length, bars[0]?.version, bars.at(-1)?.version]).toEqual([24, 27, 50]);
});
