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

/** What can be done to many at once; each by itself, and those that were left as they are say why. */
export function Bulk({ chosen, onDone }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const act = useMutation({
    mutationFn: (action: 'cancel' | 'retry') => executions.bulk(action, chosen),
    onSuccess: async () => {
      onDone();
      await client.invalidateQueries({ queryKey: keys.executions.all });
    },
  });
  if (chosen.length === 0 && !act.data && !act.error) return null;
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
            action={act}
            given="cancel"
          />
          <Button loading={act.isPending} onClick={() => act.mutate('retry')}>
            {t('executions.retryChosen')}
          </Button>
          <Button type="text" onClick={onDone}>
            {t('executions.chooseNone')}
          </Button>
        </div>
      )}
      {act.error && <ErrorNote error={act.error} />}
      {act.data && (
        <Note
          kind={act.data.failures.length > 0 ? 'warning' : 'success'}
          title={t('executions.bulkDone', { done: act.data.done.length, left: act.data.failures.length })}
        >
          <ul>
            {act.data.failures.slice(0, 10).map(({ id, message }) => (
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
