import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { Link } from 'react-router';
import { ErrorNote } from '@/components/ErrorNote';
import { Note } from '@/components/Note';
import { keys } from '@/hooks/keys';
import { useTranslation } from '@/hooks/use-translation';
import { executions } from '@/services/executions';
import type { Awaited, Json, Step } from '@/types/api';
import { awaitedName } from '@/utils/awaited';

/** What the step asks, in its own words. */
function questionOf(input: Json | undefined): string | undefined {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined;
  return typeof input.message === 'string' ? input.message : undefined;
}

/** The first that waits for somebody of what a step has to run. */
export function AnswerStep({ execution, step }: { execution: string; step: Step }) {
  const awaited = { step: step.id, item: step.awaits_item };
  return <Answer execution={execution} awaited={awaited} question={questionOf(step.input)} />;
}

/** A step, or an item of one, that waits for somebody: approve or reject. */
export function Answer({ execution, awaited, question }: { execution: string; awaited: Awaited; question?: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { step, item } = awaited;
  const name = awaitedName(awaited);
  const answer = useMutation({
    mutationFn: (decision: 'approve' | 'reject') =>
      executions.signal(execution, { step, item: item ?? undefined, decision }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.executions.one(execution) }),
  });
  return (
    <Note
      kind="info"
      title={question ?? t('executions.awaits')}
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
      {item == null ? (
        <span className="wp-muted">{name}</span>
      ) : (
        <Link to={`/executions/${execution}?${new URLSearchParams({ tab: 'steps', item: name })}`}>{name}</Link>
      )}
      {answer.error && <ErrorNote error={answer.error} />}
    </Note>
  );
}
