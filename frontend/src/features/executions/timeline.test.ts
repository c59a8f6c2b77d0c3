import { describe, expect, it } from 'vitest';
import { lanesOf } from '@/features/executions/timeline';
import type { Step } from '@/types/api';

const at = (seconds: number) => new Date(1_790_000_000_000 + seconds * 1000).toISOString();
const step = (id: string, ...attempts: [number, number | null, string][]) =>
  ({
    id,
    attempt_list: attempts.map(([from, to, status], place) => ({
      attempt: place + 1,
      item: null,
      started_at: at(from),
      finished_at: to === null ? null : at(to),
      status,
    })),
  }) as unknown as Step;

describe('the timeline of an execution', () => {
  it('has a lane for each step, and a bar for each attempt', () => {
    const steps = [step('a', [0, 4, 'failed'], [5, 6, 'succeeded']), step('b', [6, 10, 'succeeded']), step('c')];
    const { lanes } = lanesOf(steps, 0);
    expect(lanes.map(({ id, bars }) => [id, bars.length])).toEqual([
      ['a', 2],
      ['b', 1],
      ['c', 0],
    ]);
    expect(lanes[0]?.bars.map(({ left, width, status }) => [left, width, status])).toEqual([
      [0, 40, 'failed'],
      [50, 10, 'succeeded'],
    ]);
    expect(lanes[1]?.bars[0]).toMatchObject({ left: 60, width: 40, milliseconds: 4000 });
  });

  it('lasts until now while something is under way', () => {
    const { lanes } = lanesOf([step('a', [0, 5, 'succeeded']), step('b', [5, null, 'running'])], Date.parse(at(20)));
    expect(lanes[1]?.bars[0]).toMatchObject({ left: 25, width: 75 });
  });

  it('shows what is parked as waiting, and not the attempts before it', () => {
    const parked = { ...step('a', [0, 5, 'failed'], [6, null, 'running']), status: 'waiting' } as Step;
    const [lane] = lanesOf([parked], Date.parse(at(20))).lanes;
    expect(lane?.bars.map(({ status }) => status)).toEqual(['failed', 'waiting']);
  });

  it('is empty while nothing has begun', () => {
    expect(lanesOf([step('a'), step('b')], 0).lanes).toEqual([]);
  });

  it('shows what took no time', () => {
    const [lane] = lanesOf([step('a', [0, 0, 'succeeded'])], 0).lanes;
    expect(lane?.bars[0]?.width).toBeGreaterThan(0);
  });
});
