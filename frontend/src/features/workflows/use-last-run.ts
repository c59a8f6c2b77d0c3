import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { keys } from '@/hooks/keys';
import { executions } from '@/services/executions';
import type { Step } from '@/types/api';

/** Where the steps of a workflow's last run stand, by their names. */
export function useLastRun(workflow: string | undefined): Map<string, Step> {
  const filter = { definition_id: workflow };
  const runs = useQuery({
    queryKey: [...keys.executions.list(filter), 'last'],
    queryFn: () => executions.list(filter, undefined, 1),
    enabled: workflow !== undefined,
  });
  const last = runs.data?.items[0]?.id;
  const run = useQuery({
    queryKey: keys.executions.one(last ?? ''),
    queryFn: () => executions.show(last ?? ''),
    enabled: last !== undefined,
  });
  return useMemo(() => new Map(run.data?.steps.map((step) => [step.id, step])), [run.data]);
}
