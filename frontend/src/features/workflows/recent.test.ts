import { expect, it } from 'vitest';
import { summaryOf } from '@/features/workflows/recent';
import type { RecentRun } from '@/types/api';

const run = (status: RecentRun['status'], took_ms: number | null = null): RecentRun => ({
  id: status,
  status,
  took_ms,
  created_at: '2026-11-26T08:00:00Z',
});

it('counts what ended, and takes the time of what went well', () => {
  const recent = [
    run('running'),
    run('succeeded', 1000),
    run('failed', 90_000),
    run('succeeded', 3000),
    run('waiting'),
  ];
  expect(summaryOf(recent)).toEqual({ rate: 2 / 3, mean: 2000 });
});

it('says nothing of what has not ended yet', () => {
  expect(summaryOf([run('pending')])).toEqual({ rate: null, mean: null });
  expect(summaryOf([run('cancelled', 5)])).toEqual({ rate: 0, mean: null });
});
