import { describe, expect, it } from 'vitest';
import {
  allOf,
  areasOf,
  beginningOf,
  nearestOf,
  pointsOf,
  rateOf,
  ratesOf,
  shareOf,
  sumOf,
  totalOf,
  type UsageDay,
  usedOf,
} from '@/features/dashboard/figures';

const bucket = (succeeded: number, failed: number, cancelled = 0, timed_out = 0) => ({
  starts_at: '2026-11-26T00:00:00Z',
  succeeded,
  failed,
  cancelled,
  timed_out,
  pending: 0,
  running: 0,
  waiting: 0,
});
const limit = (name: string, used: number, allowed: number | null) => ({ limit: name, used, allowed, resets_at: null });

describe('the figures of the dashboard', () => {
  const now = Date.parse('2026-11-26T10:40:00Z');

  it.each([
    ['day', '2026-11-25T11:00:00.000Z'],
    ['week', '2026-11-20T00:00:00.000Z'],
    ['month', '2026-10-28T00:00:00.000Z'],
  ] as const)('begin a %s at a whole hour or day', (range, from) => {
    expect(beginningOf(range, now)).toBe(from);
  });

  it('sum up how runs ended', () => {
    expect(sumOf([bucket(2, 1), bucket(3, 0, 1, 2)])).toMatchObject({
      succeeded: 5,
      failed: 1,
      cancelled: 1,
      timed_out: 2,
    });
    expect(totalOf(bucket(3, 0, 1, 2))).toBe(6);
    expect(allOf({ ...bucket(3, 0, 1, 2), running: 4, waiting: 1 })).toBe(11);
  });

  it('judge by what ended by itself', () => {
    expect(rateOf(bucket(3, 1, 5))).toBe(0.75);
    expect(rateOf(bucket(0, 0, 5))).toBeNull();
    expect(ratesOf([bucket(0, 0), bucket(3, 1), bucket(0, 0), bucket(1, 0)])).toEqual([0.75, 0.75, 1]);
  });

  it('know the nearest limit', () => {
    const limits = [limit('a', 5, 10), limit('b', 9, 10), limit('c', 1000, null)];
    expect(nearestOf(limits)?.limit).toBe('b');
    expect(nearestOf([limit('c', 1, null)])).toBeUndefined();
    expect(shareOf(limit('d', 0, 0))).toBe(1);
  });

  it('know how a limit filled up, which begins anew with a month', () => {
    const day = (executions: number) => ({ executions, pages: 0 }) as UsageDay;
    const days = [day(50), day(2), day(3), day(1)];
    expect(usedOf(limit('executions_per_month', 6, 10), days)).toEqual([0, 2, 5, 6]);
    expect(usedOf(limit('proxies', 6, 10), days)).toEqual([50, 2, 3, 1]);
  });

  it('draw a line from bottom to top', () => {
    expect(pointsOf([0, 2])).toBe('0.0,27.0 100.0,1.0');
    expect(pointsOf([0])).toBe('0.0,27.0');
    expect(pointsOf([0.5, 0.5], 1)).toBe('0.0,14.0 100.0,14.0');
  });

  it('are areas on top of each other, of which none vanishes', () => {
    const [succeeded, failed, ...rest] = areasOf([bucket(0, 0), bucket(3, 1)]);
    expect(rest).toEqual([]);
    expect(succeeded).toEqual({
      state: 'succeeded',
      points: '0.00,100.00 25.00,100.00 75.00,25.00 100.00,25.00 100.00,100.00 75.00,100.00 25.00,100.00 0.00,100.00',
    });
    expect(failed?.points.startsWith('0.00,100.00 25.00,100.00 75.00,0.00 100.00,0.00 100.00,25.00')).toBe(true);
    const [, one] = areasOf([bucket(9_999, 1)]);
    expect(one?.points).toBe('0.00,0.00 50.00,0.00 100.00,0.00 100.00,1.96 50.00,1.96 0.00,1.96');
    expect(areasOf([bucket(0, 0)])).toEqual([]);
  });
});
