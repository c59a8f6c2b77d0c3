import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { AskOnce } from '@/components/AskOnce';
import { ErrorNote } from '@/components/ErrorNote';
import { Note } from '@/components/Note';
import { keys } from '@/hooks/keys';
import { useTranslation } from '@/hooks/use-translation';
import { executions } from '@/services/executions';

interface Props {
  chosen: string[];
  onDone: () => void;
}

function useBulk(action: 'cancel' | 'retry', { chosen, onDone }: Props) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => executions.bulk(action, chosen),
    onSuccess: async () => {
      onDone();
      await client.invalidateQueries({ queryKey: keys.executions.all });
    },
  });
}

/** What can be done to many at once; each by itself, and those that were left as they are say why. */
export function Bulk(props: Props) {
  const { t } = useTranslation();
  const { chosen, onDone } = props;
  const cancel = useBulk('cancel', props);
  const retry = useBulk('retry', props);
  const { data } = cancel.submittedAt > retry.submittedAt ? cancel : retry;
  if (chosen.length === 0 && !data && !retry.error) return null;
  return (
    <section className="flex flex-col gap-2" aria-label={t('executions.bulk')} aria-live="polite">
      {chosen.length > 0 && (
        <div className="flex flex-wrap items-center gap-2">
          <span>{t('executions.chosen', { count: chosen.length })}</span>
          <AskOnce
            danger
            button={t('executions.cancelChosen')}
            title={t('executions.cancelChosenTitle', { count: chosen.length })}
            text={t('executions.cancelText')}
            leave={t('executions.goOn')}
            action={cancel}
          />
          <Button loading={retry.isPending} onClick={() => retry.mutate()}>
            {t('executions.retryChosen')}
          </Button>
          <Button type="text" onClick={onDone}>
            {t('executions.chooseNone')}
          </Button>
        </div>
      )}
      {retry.error && <ErrorNote error={retry.error} />}
      {data && (
        <Note
          kind={data.failures.length > 0 ? 'warning' : 'success'}
          title={t('executions.bulkDone', { done: data.done.length, left: data.failures.length })}
        >
          <ul>
            {data.failures.slice(0, 10).map(({ id, message }) => (
              <li key={id} className="wp-muted">
                <code>{id.slice(-8)}</code> {message}
              </li>
            ))}
          </ul>
        </Note>
      )}
    </section>
  );
}
