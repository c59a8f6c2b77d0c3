import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { keys } from '@/hooks/keys';
import { rareKeys } from '@/hooks/rare-keys';
import { executions } from '@/services/executions';
import type { ExecutionSummary } from '@/types/api';

const SHOWN = 4;
/** Waiting runs that are looked into: most wait for a time, which needs nobody. */
const LOOKED = 10;

export interface Troubled extends ExecutionSummary {
  /** The step that waits for somebody's approval. */
  awaits?: string;
}

const newest = async (status: string, count: number): Promise<Troubled[]> =>
  (await executions.list({ status }, undefined, count)).items;

async function parked(client: QueryClient): Promise<Troubled[]> {
  const found = await Promise.all(
    (await newest('waiting', LOOKED)).map(async (run) => {
      const queryKey = keys.executions.one(run.id);
      const { steps } = await client.fetchQuery({
        queryKey,
        queryFn: () => executions.show(run.id),
        staleTime: 60_000,
      });
      return { ...run, awaits: steps.find(({ awaits_signal }) => awaits_signal)?.id };
    }),
  );
  return found.filter(({ awaits }) => awaits !== undefined).slice(0, SHOWN);
}

/** Runs that failed or wait for somebody, the newest first. */
export function useTroubled() {
  const client = useQueryClient();
  return useQuery({
    queryKey: rareKeys.dashboard.troubled,
    queryFn: async () => {
      const all = await Promise.all([newest('failed', SHOWN), newest('timed_out', SHOWN), parked(client)]);
      return all.flat().sort((one, other) => other.created_at.localeCompare(one.created_at));
    },
    refetchInterval: 10_000,
  });
}
