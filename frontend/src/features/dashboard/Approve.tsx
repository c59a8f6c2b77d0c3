import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { ErrorNote } from '@/components/ErrorNote';
import { keys } from '@/hooks/keys';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { executions } from '@/services/executions';

/** Approves the step that a run waits with; nothing where it waits for something else. */
export function Approve({ execution, name }: { execution: string; name: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data } = useQuery({
    queryKey: keys.executions.one(execution),
    queryFn: () => executions.show(execution),
  });
  const step = data?.steps.find(({ awaits_signal }) => awaits_signal)?.id;
  const approve = useMutation({
    mutationFn: (step: string) => executions.signal(execution, { step, decision: 'approve' }),
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: rareKeys.dashboard.all });
      await client.invalidateQueries({ queryKey: keys.executions.one(execution) });
    },
  });
  if (!step) return null;
  return (
    <>
      <Button
        size="small"
        loading={approve.isPending}
        aria-label={t('dashboard.approveOf', { step, name })}
        onClick={() => approve.mutate(step)}
      >
        {t('dashboard.approve')}
      </Button>
      {approve.error && <ErrorNote error={approve.error} />}
    </>
  );
}
