import { useQuery } from '@tanstack/react-query';
import { beginningOf, RANGES, type Range } from '@/features/dashboard/figures';
import { rareKeys } from '@/hooks/rare-keys';
import { useFilter } from '@/hooks/use-filter';
import { useNow } from '@/hooks/use-now';
import { statistics } from '@/services/statistics';

const EVERY = 10_000;

/** The time that is looked at, as the address has it. */
export function useRange(): [Range, (range: Range) => void] {
  const { filter, change } = useFilter(['range'] as const);
  const range = (Object.keys(RANGES) as Range[]).find((one) => one === filter.range) ?? 'day';
  return [range, (next) => change('range', next === 'day' ? undefined : next)];
}

export function useRuns(range: Range) {
  const from = beginningOf(range, useNow(60_000));
  const { step } = RANGES[range];
  return useQuery({
    queryKey: rareKeys.dashboard.runs(from, step),
    queryFn: () => statistics.runs(from, step),
    refetchInterval: EVERY,
    placeholderData: (before) => before,
  });
}

/** New and changed records. */
export function useCollected(range: Range) {
  const from = beginningOf(range, useNow(60_000));
  const { step } = RANGES[range];
  return useQuery({
    queryKey: rareKeys.dashboard.collected(from, step),
    queryFn: () => statistics.collected(from, step),
    refetchInterval: 3 * EVERY,
    placeholderData: (before) => before,
  });
}

/** A limit is a matter of days: of a single one there would be no line. */
const LEAST_DAYS = 7;

export function useUsage(range: Range) {
  const days = range === 'day' ? LEAST_DAYS : RANGES[range].count;
  return useQuery({
    queryKey: rareKeys.dashboard.usage(days),
    queryFn: () => statistics.usage(days),
    refetchInterval: 6 * EVERY,
    placeholderData: (before) => before,
  });
}
