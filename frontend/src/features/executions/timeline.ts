import type { Attempt, Step } from '@/types/api';

export interface Bar {
  key: string;
  /** Shares of the whole time, 0 to 100. */
  left: number;
  width: number;
  status: Attempt['status'] | Step['status'];
  attempt: number;
  item: number | null;
  milliseconds: number;
}

export interface Lane {
  id: string;
  /** What is said where no attempt is drawn. */
  status: Step['status'];
  bars: Bar[];
}

const MOST_BARS = 200;
/** What is shorter is drawn so wide that it can be seen. */
const LEAST = 0.4;

/**
 * Attempts of steps over the time of an execution; what is under way lasts until `now`. Steps that have not begun
 * have empty lanes, unless none has.
 */
export function lanesOf(steps: Step[], now: number): { lanes: Lane[]; begin: number; end: number } {
  const attempts = steps.flatMap((step) => step.attempt_list ?? []);
  const begins = attempts.map(({ started_at }) => Date.parse(started_at));
  const ends = attempts.map(({ finished_at }) => (finished_at ? Date.parse(finished_at) : now));
  const begin = begins.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
  const end = ends.reduce((most, time) => Math.max(most, time), begin);
  const whole = Math.max(1, end - begin);
  const lanes = steps.map(({ id, status, attempt_list }) => ({
    id,
    status,
    bars: (attempt_list ?? []).slice(0, MOST_BARS).map((attempt) => {
      const from = Date.parse(attempt.started_at);
      const milliseconds = (attempt.finished_at ? Date.parse(attempt.finished_at) : now) - from;
      const left = (100 * (from - begin)) / whole;
      return {
        key: `${attempt.item ?? ''}/${attempt.attempt}`,
        left: Math.min(left, 100 - LEAST),
        width: Math.max(LEAST, Math.min(100 - left, (100 * milliseconds) / whole)),
        // Of a step that is parked, the attempt that has not ended is as well.
        status: status === 'waiting' && !attempt.finished_at ? status : attempt.status,
        attempt: attempt.attempt,
        item: attempt.item ?? null,
        milliseconds,
      };
    }),
  }));
  return { lanes: attempts.length > 0 ? lanes : [], begin, end };
}
