import { useQueries, useQuery } from '@tanstack/react-query';
import dayjs from 'dayjs';
import { type Day, weekOf } from '@/features/schedules/calendar';
import { rareKeys } from '@/hooks/rare-keys';
import { schedules } from '@/services/schedules';
import type { TriggerCalendar } from '@/types/api';

const EVERY = 30_000;

/** A week of all triggers. `whole` is false when there was more than is read. */
export function useWeek(monday: string): { week?: Day[]; error: Error | null; retry: () => void; whole: boolean } {
  const triggers = useQuery({ queryKey: rareKeys.triggers.everything, queryFn: schedules.all, refetchInterval: EVERY });
  const from = dayjs(monday).toISOString();
  const to = dayjs(monday).add(7, 'day').subtract(1, 'millisecond').toISOString();
  const ledgers = useQueries({
    queries: (triggers.data ?? []).map(({ id }) => ({
      queryKey: rareKeys.triggers.between(id, from, to),
      queryFn: () => schedules.between(id, from, to),
      refetchInterval: EVERY,
    })),
  });
  const error = triggers.error ?? ledgers.find((one) => one.error)?.error ?? null;
  const retry = () => {
    void triggers.refetch();
    for (const ledger of ledgers) void ledger.refetch();
  };
  if (!triggers.data || ledgers.some((one) => !one.data)) return { error, retry, whole: true };
  const calendars = new Map(
    triggers.data.flatMap(({ id }, place): [string, TriggerCalendar][] => {
      const calendar = ledgers[place]?.data;
      return calendar ? [[id, calendar]] : [];
    }),
  );
  const whole = ledgers.every((one) => one.data?.whole);
  return { week: weekOf(monday, triggers.data, calendars), error, retry, whole };
}
