import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { ErrorNote } from '@/components/ErrorNote';
import { keys } from '@/hooks/keys';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { executions } from '@/services/executions';
import type { Awaited } from '@/types/api';
import { awaitedName } from '@/utils/awaited';

/** Approves the step, or item of one, that a run waits with. */
export function Approve({ execution, name, awaited }: { execution: string; name: string; awaited: Awaited }) {
  const { step, item } = awaited;
  const { t } = useTranslation();
  const client = useQueryClient();
  const approve = useMutation({
    mutationFn: () => executions.signal(execution, { step, item: item ?? undefined, decision: 'approve' }),
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
        disabled={approve.isSuccess}
        aria-label={t('dashboard.approveOf', { step: awaitedName(awaited), name })}
        onClick={() => approve.mutate()}
      >
        {t('dashboard.approve')}
      </Button>
      {approve.error && <ErrorNote error={approve.error} />}
    </>
  );
}
