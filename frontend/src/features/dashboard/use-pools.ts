import { useQuery } from '@tanstack/react-query';
import { rareKeys } from '@/hooks/rare-keys';
import { proxies } from '@/services/proxies';

const EVERY = 60_000;

/** Pools whose hosts are looked at: each is asked by itself. */
const MOST = 20;

/** How pools fare: the list of them says it. */
export function usePools() {
  return useQuery({
    queryKey: rareKeys.dashboard.pools,
    queryFn: async () => (await proxies.pools()).items,
    refetchInterval: EVERY,
  });
}

/** Hosts that pools do not ask for now, because they refused too much. */
export function useCooling() {
  const { data } = usePools();
  const pools = (data ?? [])
    .filter(({ proxies: count }) => count > 0)
    .slice(0, MOST)
    .map(({ id }) => id);
  return useQuery({
    queryKey: rareKeys.dashboard.cooling(pools),
    queryFn: async () => {
      const found = await Promise.all(
        pools.map(async (pool) => (await proxies.hosts(pool)).items.map((host) => ({ pool, host }))),
      );
      return found.flat().filter(({ host }) => host.breaker.state === 'open');
    },
    enabled: pools.length > 0,
    refetchInterval: EVERY,
  });
}
