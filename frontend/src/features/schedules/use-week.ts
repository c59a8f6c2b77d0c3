import { useQuery } from '@tanstack/react-query';
import dayjs from 'dayjs';
import { type Day, weekOf } from '@/features/schedules/calendar';
import { rareKeys } from '@/hooks/rare-keys';
import { schedules } from '@/services/schedules';

const EVERY = 30_000;

export interface Week {
  week?: Day[];
  error: Error | null;
  retry: () => void;
  /** Whether all times of each trigger are there. */
  whole: boolean;
  /** Whether there are more triggers than these. */
  more: boolean;
}

/** A week of all triggers. */
export function useWeek(monday: string): Week {
  const from = dayjs(monday).toISOString();
  const to = dayjs(monday).add(7, 'day').subtract(1, 'millisecond').toISOString();
  const { data, error, refetch } = useQuery({
    queryKey: rareKeys.triggers.calendar(from, to),
    queryFn: () => schedules.calendar(from, to),
    refetchInterval: EVERY,
  });
  const retry = () => void refetch();
  if (!data) return { error, retry, whole: true, more: false };
  const whole = data.found.every(({ calendar }) => calendar.whole);
  return { week: weekOf(monday, data.found), error, retry, whole, more: data.more };
}
