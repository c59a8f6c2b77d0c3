import { useQuery } from '@tanstack/react-query';
import { rareKeys } from '@/hooks/rare-keys';
import { type ExecutionFilter, executions } from '@/services/executions';

const SHOWN = 4;

const newest = async (filter: ExecutionFilter) => (await executions.list(filter, undefined, SHOWN)).items;

/** Runs that failed or wait for somebody, the newest first. */
export function useTroubled() {
  return useQuery({
    queryKey: rareKeys.dashboard.troubled,
    queryFn: async () => {
      const filters = [{ status: 'failed' }, { status: 'timed_out' }, { awaits_signal: 'true' }];
      const all = await Promise.all(filters.map(newest));
      return all.flat().sort((one, other) => other.created_at.localeCompare(one.created_at));
    },
    refetchInterval: 10_000,
  });
}
