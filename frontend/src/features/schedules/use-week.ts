import { useQueries, useQuery } from '@tanstack/react-query';
import dayjs from 'dayjs';
import { type Day, weekOf } from '@/features/schedules/calendar';
import { rareKeys } from '@/hooks/rare-keys';
import { schedules } from '@/services/schedules';
import type { Tick } from '@/types/api';

const EVERY = 30_000;

/** A week of all triggers. `whole` is false when there was more than is read. */
export function useWeek(monday: string): { week?: Day[]; error: Error | null; retry: () => void; whole: boolean } {
  const triggers = useQuery({ queryKey: rareKeys.triggers.everything, queryFn: schedules.all, refetchInterval: EVERY });
  const since = dayjs(monday).toISOString();
  const ledgers = useQueries({
    queries: (triggers.data ?? []).map(({ id }) => ({
      queryKey: rareKeys.triggers.since(id, since),
      queryFn: () => schedules.since(id, since),
      refetchInterval: EVERY,
    })),
  });
  const error = triggers.error ?? ledgers.find((one) => one.error)?.error ?? null;
  const retry = () => {
    void triggers.refetch();
    for (const ledger of ledgers) void ledger.refetch();
  };
  if (!triggers.data || ledgers.some((one) => !one.data)) return { error, retry, whole: true };
  const ticks = new Map(
    triggers.data.map(({ id }, place): [string, Tick[]] => [id, ledgers[place]?.data?.ticks ?? []]),
  );
  const whole = ledgers.every((one) => one.data?.whole);
  return { week: weekOf(monday, triggers.data, ticks), error, retry, whole };
}
