import dayjs from 'dayjs';
import type { NamedTrigger, Tick } from '@/types/api';

/** What became of a time; `due` of one that is to come. */
export type Became = Tick['outcome'] | 'due';

export interface Time {
  at: string;
  became: Became;
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
export function weekOf(monday: string, triggers: NamedTrigger[], ticks: Map<string, Tick[]>): Day[] {
  return daysFrom(monday).map((date) => ({
    date,
    marks: triggers
      .map((trigger) => ({ trigger, times: timesOn(date, trigger, ticks.get(trigger.id) ?? []) }))
      .filter(({ times }) => times.length > 0)
      .sort((one, other) => (one.times[0]?.at ?? '').localeCompare(other.times[0]?.at ?? '')),
  }));
}

function timesOn(date: string, trigger: NamedTrigger, ticks: Tick[]): Time[] {
  const past = ticks.map(({ due_at, outcome }): Time => ({ at: due_at, became: outcome }));
  const known = new Set(past.map(({ at }) => Date.parse(at)));
  const next = trigger.next_runs.filter((at) => !known.has(Date.parse(at))).map((at): Time => ({ at, became: 'due' }));
  return [...past, ...next]
    .filter(({ at }) => dateOf(at) === date)
    .sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

const BY_WEIGHT: Became[] = ['refused', 'skipped', 'coalesced', 'late', 'due', 'backfilled', 'ran'];

/** What of all that became matters most. */
export const worstOf = (times: Time[]): Became =>
  BY_WEIGHT.find((became) => times.some((time) => time.became === became)) ?? 'due';
