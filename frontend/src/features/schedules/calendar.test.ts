import { describe, expect, it } from 'vitest';
import { daysFrom, mondayOf, weekOf } from '@/features/schedules/calendar';
import type { NamedCalendar, NamedTrigger, Tick } from '@/types/api';

const of = (id: string, ticks: Tick[], due: string[] = []): NamedCalendar => ({
  trigger: { id } as unknown as NamedTrigger,
  calendar: { ticks, due, whole: true },
});
const tick = (due_at: string, outcome: Tick['outcome'] = 'ran') => ({ due_at, outcome }) as Tick;
/** Noon of the reader's day, whatever the zone of the test. */
const noon = (date: string) => new Date(`${date}T12:00:00`).toISOString();

describe('a week', () => {
  it.each(['2026-11-23', '2026-11-26', '2026-11-29'])('of %s begins on its Monday', (date) => {
    expect(mondayOf(date)).toBe('2026-11-23');
  });

  it('has seven days', () => {
    expect(daysFrom('2026-11-30')).toEqual(['2026-11-30', ...[1, 2, 3, 4, 5, 6].map((day) => `2026-12-0${day}`)]);
  });

  it('shows what became of past times and what is to come, each once', () => {
    const past = noon('2026-11-24');
    const next = noon('2026-11-26');
    const week = weekOf('2026-11-23', [of('a', [tick(past, 'late')], [next])]);
    expect(week.map(({ marks }) => marks.flatMap(({ times }) => times.map(({ became }) => became)))).toEqual([
      [],
      ['late'],
      [],
      ['due'],
      [],
      [],
      [],
    ]);
  });

  it('puts what is due first at the top, and leaves out other weeks', () => {
    const early = new Date('2026-11-25T06:00:00').toISOString();
    const week = weekOf('2026-11-23', [
      of('late', [tick(noon('2026-11-18')), tick(noon('2026-11-25'))]),
      of('early', [tick(early)]),
    ]);
    expect(week[2]?.marks.map((mark) => mark.trigger.id)).toEqual(['early', 'late']);
    expect(week.flatMap(({ marks }) => marks)).toHaveLength(2);
  });

  it('keeps every time of a day, each with why it did not simply run', () => {
    const at = (hour: number) => new Date(`2026-11-25T0${hour}:00:00`).toISOString();
    const refused = { due_at: at(3), outcome: 'refused', detail: 'the plan is used up' } as Tick;
    const week = weekOf('2026-11-23', [of('a', [tick(at(2)), refused], [at(4)])]);
    expect(week[2]?.marks[0]?.times.map(({ became, detail }) => [became, detail])).toEqual([
      ['ran', undefined],
      ['refused', 'the plan is used up'],
      ['due', undefined],
    ]);
  });
});
