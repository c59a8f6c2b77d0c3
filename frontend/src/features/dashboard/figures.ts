import type { LimitUsage, Statistics } from '@/types/api';

export const RANGES = {
  day: { step: 'hour', count: 24 },
  week: { step: 'day', count: 7 },
  month: { step: 'day', count: 30 },
} as const;

export type Range = keyof typeof RANGES;

const LENGTH = { hour: 3_600_000, day: 86_400_000 };

/** Where a range begins: at a whole hour or day, so that it means the same for a while. */
export function beginningOf(range: Range, now: number): string {
  const { step, count } = RANGES[range];
  const current = Math.floor(now / LENGTH[step]);
  return new Date((current - count + 1) * LENGTH[step]).toISOString();
}

export const ENDS = ['succeeded', 'failed', 'timed_out', 'cancelled'] as const;

export type Bucket = Statistics['buckets'][number];

export const totalOf = (bucket: Bucket) => ENDS.reduce((sum, end) => sum + bucket[end], 0);

export function sumOf(buckets: Bucket[]) {
  const sum = { succeeded: 0, failed: 0, timed_out: 0, cancelled: 0 };
  for (const bucket of buckets) for (const end of ENDS) sum[end] += bucket[end];
  return sum;
}

/** The share of runs that succeeded; null when none ended. What was cancelled is no failure. */
export function rateOf({ succeeded, failed, timed_out }: Pick<Bucket, (typeof ENDS)[number]>): number | null {
  const judged = succeeded + failed + timed_out;
  return judged === 0 ? null : succeeded / judged;
}

/** How much of a limit is used; nothing where there is none. */
export const shareOf = ({ used, allowed }: LimitUsage): number =>
  allowed == null ? 0 : allowed === 0 ? 1 : used / allowed;

/** The limit that is nearest. */
export const nearestOf = (limits: LimitUsage[]): LimitUsage | undefined =>
  limits
    .filter(({ allowed }) => allowed != null)
    .reduce<LimitUsage | undefined>((most, one) => (most && shareOf(most) >= shareOf(one) ? most : one), undefined);

/** Points of a line in a box of 100 by 28, the oldest at the left. */
export function pointsOf(values: number[]): string {
  const top = Math.max(...values, 1e-9);
  const gap = 100 / Math.max(values.length - 1, 1);
  return values.map((value, place) => `${(place * gap).toFixed(1)},${(27 - (value / top) * 26).toFixed(1)}`).join(' ');
}
