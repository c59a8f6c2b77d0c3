import dayjs from 'dayjs';
import type { NamedCalendar, NamedTrigger, Tick, TriggerCalendar } from '@/types/api';

/** What became of a time; `due` of one that is to come. */
export type Became = Tick['outcome'] | 'due';

export interface Time {
  at: string;
  became: Became;
  /** Why it was not simply run. */
  detail?: string | null;
  execution?: string | null;
}

/** The times of one trigger on one day. */
export interface Mark {
  trigger: NamedTrigger;
  times: Time[];
}

export interface Day {
  /** `2026-11-23`, in the zone of the reader. */
  date: string;
  marks: Mark[];
}

const dateOf = (time: string) => dayjs(time).format('YYYY-MM-DD');

/** The Monday of the week of a day. */
export function mondayOf(date: string): string {
  const day = dayjs(date);
  return day.subtract((day.day() + 6) % 7, 'day').format('YYYY-MM-DD');
}

export const daysFrom = (monday: string) =>
  Array.from({ length: 7 }, (_, place) => dayjs(monday).add(place, 'day').format('YYYY-MM-DD'));

/** The week with the times of each trigger on each day, the earliest first. */
export function weekOf(monday: string, all: NamedCalendar[]): Day[] {
  const byDay = all.map(({ trigger, calendar }) => ({ trigger, days: daysOf(calendar) }));
  return daysFrom(monday).map((date) => ({
    date,
    marks: byDay
      .map(({ trigger, days }) => ({ trigger, times: days.get(date) ?? [] }))
      .filter(({ times }) => times.length > 0)
      .sort((one, other) => (one.times[0]?.at ?? '').localeCompare(other.times[0]?.at ?? '')),
  }));
}

/** The times of a trigger by the day of the reader, in order. */
function daysOf({ ticks, due }: TriggerCalendar): Map<string, Time[]> {
  const passed = ticks.map(
    ({ due_at, outcome, detail, execution_id }): Time => ({
      at: due_at,
      became: outcome,
      detail,
      execution: execution_id,
    }),
  );
  const times = [...passed, ...due.map((at): Time => ({ at, became: 'due' }))];
  const days = new Map<string, Time[]>();
  for (const time of times) {
    const date = dateOf(time.at);
    const before = days.get(date);
    if (before) before.push(time);
    else days.set(date, [time]);
  }
  return days;
}
