import type { LimitUsage, Statistics, UsageReport } from '@/types/api';

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

/** The states that a chart of runs stacks, those that ended first. */
export const STATES = [...ENDS, 'waiting', 'running', 'pending'] as const;

export type Bucket = Statistics['buckets'][number];
export type UsageDay = UsageReport['days'][number];

export const totalOf = (bucket: Bucket) => ENDS.reduce((sum, end) => sum + bucket[end], 0);

/** With those that have not ended. */
export const allOf = (bucket: Bucket) => STATES.reduce((sum, state) => sum + bucket[state], 0);

export function sumOf(buckets: Bucket[]) {
  const sum = { succeeded: 0, failed: 0, timed_out: 0, cancelled: 0, waiting: 0, running: 0, pending: 0 };
  for (const bucket of buckets) for (const state of STATES) sum[state] += bucket[state];
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

/** The success rate over time; where nothing ended it stays as it was. */
export function ratesOf(buckets: Bucket[]): number[] {
  const rates: number[] = [];
  for (const bucket of buckets) {
    const rate = rateOf(bucket) ?? rates.at(-1);
    if (rate !== undefined) rates.push(rate);
  }
  return rates;
}

/** How a limit filled up day by day, as far as days tell of it; else the runs of each day. */
export function usedOf(limit: LimitUsage | undefined, days: UsageDay[]): number[] {
  const counted = limit && COUNTED[limit.limit];
  if (!limit || !counted) return days.map(({ executions }) => executions);
  let left = limit.used;
  // From today backwards: the days before the month count for the month before.
  const line: number[] = [];
  for (const day of days.toReversed()) {
    line.unshift(left);
    left = Math.max(0, left - day[counted]);
  }
  return line;
}

const COUNTED: Record<string, 'executions' | 'pages'> = {
  executions_per_month: 'executions',
  pages_per_month: 'pages',
};

/** Points of a line in a box of 100 by 28, the oldest at the left, the greatest value at the top unless one is given. */
export function pointsOf(values: number[], most?: number): string {
  const top = most ?? Math.max(...values, 1e-9);
  const gap = 100 / Math.max(values.length - 1, 1);
  return values.map((value, place) => `${(place * gap).toFixed(1)},${(27 - (value / top) * 26).toFixed(1)}`).join(' ');
}

/** The least share of the height that something has: one that failed is seen beside a thousand that did not. */
const LEAST = 0.02;

export interface Area {
  state: (typeof STATES)[number];
  /** Corners in a box of 100 by 100. */
  points: string;
}

/** Runs by state as areas on top of each other, the oldest at the left; states that nothing is in have none. */
export function areasOf(buckets: Bucket[]): Area[] {
  const most = Math.max(1, ...buckets.map(allOf));
  const heightOf = (bucket: Bucket, state: Area['state']) =>
    bucket[state] === 0 ? 0 : Math.max(LEAST, bucket[state] / most);
  const highest = Math.max(
    1,
    ...buckets.map((bucket) => STATES.reduce((sum, state) => sum + heightOf(bucket, state), 0)),
  );
  const x = (place: number) => ((place + 0.5) * 100) / buckets.length;
  const edge = (heights: number[]) => {
    const line = heights.map((height, place) => [x(place), 100 - (height / highest) * 100] as const);
    // As wide as the box: the first and the last reach its sides.
    return [[0, line[0]?.[1] ?? 100] as const, ...line, [100, line.at(-1)?.[1] ?? 100] as const];
  };
  let below = buckets.map(() => 0);
  return STATES.flatMap((state) => {
    const bottom = below;
    below = buckets.map((bucket, place) => (bottom[place] ?? 0) + heightOf(bucket, state));
    if (buckets.every((bucket) => bucket[state] === 0)) return [];
    const corners = [...edge(below), ...edge(bottom).reverse()];
    return [{ state, points: corners.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join(' ') }];
  });
}
