import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { ErrorNote } from '@/components/ErrorNote';
import { keys } from '@/hooks/keys';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { executions } from '@/services/executions';

/** Approves the step that a run waits with. */
export function Approve({ execution, name, step }: { execution: string; name: string; step: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const approve = useMutation({
    mutationFn: () => executions.signal(execution, { step, decision: 'approve' }),
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: keys.executions.one(execution) });
      await client.invalidateQueries({ queryKey: rareKeys.dashboard.all });
    },
  });
  return (
    <>
      <Button
        size="small"
        loading={approve.isPending}
        aria-label={t('dashboard.approveOf', { step, name })}
        onClick={() => approve.mutate()}
      >
        {t('dashboard.approve')}
      </Button>
      {approve.error && <ErrorNote error={approve.error} />}
    </>
  );
}
