import type { UsageReport } from '@/types/api';

export const MEASURES = ['executions', 'pages', 'bytes'] as const;
export type Measure = (typeof MEASURES)[number];

const DAY = 24 * 3600 * 1000;
const MEGABYTE = 1024 * 1024;

const dateOf = (time: number) => new Date(time).toISOString().slice(0, 10);

/** As many days up to today, in UTC as the server counts them; days without use are zero. */
export function daysOf(days: UsageReport['days'], measure: Measure, count: number, now: number) {
  const known = new Map(days.map((day) => [day.starts_at.slice(0, 10), day[measure]]));
  return Array.from({ length: count }, (_, place) => {
    const date = dateOf(now - (count - 1 - place) * DAY);
    const value = known.get(date) ?? 0;
    return { name: date.slice(5), value: measure === 'bytes' ? Math.round((value / MEGABYTE) * 10) / 10 : value };
  });
}
