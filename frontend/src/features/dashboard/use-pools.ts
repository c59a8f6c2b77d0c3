import { useQueries, useQuery } from '@tanstack/react-query';
import { keys } from '@/hooks/keys';
import { rareKeys } from '@/hooks/rare-keys';
import { proxies } from '@/services/proxies';

/** Pools that are looked at: each is asked by itself. */
const MOST = 20;

/** How pools fare. */
export function usePools() {
  const list = useQuery({ queryKey: rareKeys.dashboard.pools, queryFn: () => proxies.pools() });
  const some = list.data?.items.slice(0, MOST) ?? [];
  const found = useQueries({
    queries: some.map(({ id }) => ({
      queryKey: keys.pools.status(id),
      queryFn: () => proxies.status(id),
      refetchInterval: 60_000,
    })),
  });
  return { list, pools: found.flatMap(({ data }) => data ?? []) };
}

/** Hosts that pools do not ask for now, because they refused too much. */
export function useCooling(pools: string[]) {
  return useQuery({
    queryKey: rareKeys.dashboard.cooling(pools),
    queryFn: async () => {
      const found = await Promise.all(
        pools.map(async (pool) => (await proxies.hosts(pool)).items.map((host) => ({ pool, host }))),
      );
      return found.flat().filter(({ host }) => host.breaker.state === 'open');
    },
    enabled: pools.length > 0,
    refetchInterval: 60_000,
  });
}
