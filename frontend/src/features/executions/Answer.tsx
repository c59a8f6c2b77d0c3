import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { ErrorNote } from '@/components/ErrorNote';
import { Note } from '@/components/Note';
import { keys } from '@/hooks/keys';
import { useTranslation } from '@/hooks/use-translation';
import { executions } from '@/services/executions';
import type { Step } from '@/types/api';

/** A step that waits for somebody: approve or reject. */
export function Answer({ execution, step }: { execution: string; step: Step }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const answer = useMutation({
    mutationFn: (decision: 'approve' | 'reject') => executions.signal(execution, { step: step.id, decision }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.executions.one(execution) }),
  });
  const input = step.input;
  const message =
    typeof input === 'object' && input !== null && !Array.isArray(input) && typeof input.message === 'string'
      ? input.message
      : t('executions.awaits');
  return (
    <Note
      kind="info"
      title={message}
      action={
        <span className="flex flex-wrap gap-2">
          <Button size="small" type="primary" loading={answer.isPending} onClick={() => answer.mutate('approve')}>
            {t('executions.approve')}
          </Button>
          <Button size="small" danger disabled={answer.isPending} onClick={() => answer.mutate('reject')}>
            {t('executions.reject')}
          </Button>
        </span>
      }
    >
      <span className="wp-muted">{step.id}</span>
      {answer.error && <ErrorNote error={answer.error} />}
    </Note>
  );
}
