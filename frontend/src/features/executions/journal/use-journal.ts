import { useQueries } from '@tanstack/react-query';
import { useMemo, useRef } from 'react';
import { rareKeys } from '@/hooks/rare-keys';
import { usePaged } from '@/hooks/use-paged';
import { useSettled } from '@/hooks/use-settled';
import type { Stretch } from '@/hooks/use-window';
import { executions, type JournalFilter } from '@/services/executions';
import type { JournalEntry, Page } from '@/types/api';

/** Events asked for together. */
export const PART = 100;

/** The parts of a journal that have rows of a stretch. */
export function partsOf({ first, end }: Stretch): number[] {
  const from = Math.floor(first / PART);
  return Array.from({ length: Math.max(0, Math.ceil(end / PART) - from) }, (_, index) => from + index);
}

/**
 * A journal as a whole: its numbers have no gaps, so of any stretch it is known which events are asked for, however
 * many there are.
 */
export function useWhole(id: string, last: number, stretch: Stretch) {
  // Who drags the bar to the end does not ask for all between.
  const settled = useSettled(stretch, 80);
  const wanted = partsOf({ first: settled.first, end: Math.min(settled.end, last) });
  const parts = useQueries({
    queries: wanted.map((part) => {
      // A part that was full stays as it was.
      const upTo = Math.min(last, (part + 1) * PART);
      return {
        queryKey: rareKeys.journal.part(id, part, upTo),
        queryFn: () => executions.journal(id, { after: part * PART }, undefined, PART),
        staleTime: Number.POSITIVE_INFINITY,
      };
    }),
  });
  const known = new Map<number, JournalEntry>();
  for (const { data } of parts) for (const entry of data?.items ?? []) known.set(entry.seq, entry);
  const failed = parts.find(({ error }) => error);
  const retry = () => {
    for (const part of parts) if (part.error) void part.refetch();
  };
  return { at: (row: number) => known.get(row + 1), error: failed?.error, retry };
}

/** The events of a journal that a filter lets through, part by part. */
export function useSome(id: string, filter: JournalFilter) {
  const full = useRef(new Map<string, Page<JournalEntry>>());
  const name = JSON.stringify([id, filter]);
  const read = useMemo(
    () => async (cursor?: string) => {
      const known = full.current.get(`${name} ${cursor}`);
      if (known) return known;
      const page = await executions.journal(id, filter, cursor, PART);
      // One that others follow stays as it is.
      if (page.next_cursor) full.current.set(`${name} ${cursor}`, page);
      return page;
    },
    [name],
  );
  return usePaged(rareKeys.journal.some(id, filter), read);
}
