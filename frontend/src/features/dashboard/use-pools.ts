import { useQueries, useQuery } from '@tanstack/react-query';
import { keys } from '@/hooks/keys';
import { rareKeys } from '@/hooks/rare-keys';
import { proxies } from '@/services/proxies';

const SHOWN = 5;

/** How the first few pools fare. */
export function usePools() {
  const list = useQuery({ queryKey: rareKeys.dashboard.pools, queryFn: () => proxies.pools() });
  const some = list.data?.items.slice(0, SHOWN) ?? [];
  const found = useQueries({
    queries: some.map(({ id }) => ({
      queryKey: keys.pools.status(id),
      queryFn: () => proxies.status(id),
      refetchInterval: 30_000,
    })),
  });
  return { list, pools: found.flatMap(({ data }) => data ?? []) };
}
