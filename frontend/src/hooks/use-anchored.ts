import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { keys } from '@/hooks/keys';
import { usePaged } from '@/hooks/use-paged';
import { type ExecutionFilter, executions } from '@/services/executions';
import { isOver } from '@/utils/status';

/** While something runs, and when nothing does: it may be taken up again. */
const [LIVELY, QUIET] = [5_000, 30_000];
/** New rows are counted up to here. */
export const MOST_NEW = 100;

/** Just after a time, as times of the server are finer than those of a browser. */
const after = (time: string) => new Date(Date.parse(time) + 1).toISOString();

/**
 * The executions of a filter as they stood when they were first asked for: rows change, but none
 * comes in between. Newer ones are counted, and shown when asked for.
 */
export function useAnchored(filter: ExecutionFilter) {
  const name = JSON.stringify(filter);
  const anchor = useRef<{ of: string; at?: string }>({ of: name });
  if (anchor.current.of !== name) anchor.current = { of: name };
  const [since, setSince] = useState<string>();
  const before = () => filter.created_before ?? anchor.current.at;
  const list = usePaged(
    keys.executions.list(filter),
    (cursor) => executions.list({ ...filter, created_before: before() }, cursor),
    { refetchInterval: (rows) => (rows?.some(({ status }) => !isOver(status)) ? LIVELY : QUIET) },
  );
  const newest = list.items?.[0]?.created_at;
  // The first rows are those that all others are newer than.
  useEffect(() => {
    if (newest && !anchor.current.at) anchor.current = { of: name, at: after(newest) };
    setSince(anchor.current.at);
  }, [name, newest]);
  const fresh = useQuery({
    queryKey: keys.executions.fresh(filter, since),
    queryFn: () => executions.list({ ...filter, created_from: since }, undefined, MOST_NEW),
    enabled: since !== undefined && !filter.created_before,
    refetchInterval: LIVELY,
  });
  const show = () => {
    anchor.current = { of: name };
    setSince(undefined);
    list.retry();
  };
  return { ...list, fresh: since && anchor.current.at === since ? (fresh.data?.items.length ?? 0) : 0, show };
}
