import { describe, expect, it } from 'vitest';
import { daysFrom, mondayOf, weekOf, worstOf } from '@/features/schedules/calendar';
import type { NamedTrigger, Tick } from '@/types/api';

const trigger = (id: string, next_runs: string[] = []) => ({ id, next_runs }) as unknown as NamedTrigger;
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
    const week = weekOf('2026-11-23', [trigger('a', [past, next])], new Map([['a', [tick(past, 'late')]]]));
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
    const ticks = new Map([
      ['late', [tick(noon('2026-11-25')), tick(noon('2026-11-18'))]],
      ['early', [tick(early)]],
    ]);
    const week = weekOf('2026-11-23', [trigger('late'), trigger('early')], ticks);
    expect(week[2]?.marks.map((mark) => mark.trigger.id)).toEqual(['early', 'late']);
    expect(week.flatMap(({ marks }) => marks)).toHaveLength(2);
  });

  it('is coloured by what matters most', () => {
    const times = (...all: Tick['outcome'][]) => all.map((became) => ({ at: '', became }));
    expect(worstOf(times('ran', 'refused', 'late'))).toBe('refused');
    expect(worstOf(times('ran', 'ran'))).toBe('ran');
  });
});
