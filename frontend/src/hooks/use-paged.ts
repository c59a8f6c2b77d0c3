import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Page } from '@/types/api';

interface Options<T> {
  refetchInterval?: number | false | ((rows: T[] | undefined) => number | false);
}

/** A keyset list as one growing array. */
export function usePaged<T>(
  queryKey: QueryKey,
  fetchPage: (cursor?: string) => Promise<Page<T>>,
  options: Options<T> = {},
) {
  const { refetchInterval: every } = options;
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => fetchPage(pageParam || undefined),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: ({ state }) =>
      typeof every === 'function' ? every(state.data?.pages.flatMap((page) => page.items)) : every,
  });
  const items = useMemo(() => query.data?.pages.flatMap((page) => page.items), [query.data]);
  const { error, isFetchingNextPage: loadingMore } = query;
  const retry = () => void query.refetch();
  const more = query.hasNextPage ? () => void query.fetchNextPage() : undefined;
  return {
    items,
    /** The same as they came, each page the same as long as it is. */
    pages: query.data?.pages,
    error,
    retry,
    more,
    loadingMore,
    /** For `DataTable`. */
    table: { rows: items, error, onRetry: retry, more, loadingMore },
  };
}
