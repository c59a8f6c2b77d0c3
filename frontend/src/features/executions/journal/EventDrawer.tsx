import { useQuery } from '@tanstack/react-query';
import { Button, Drawer } from 'antd';
import { ErrorNote } from '@/components/ErrorNote';
import { JsonView } from '@/components/JsonView';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { executions } from '@/services/executions';
import { precise } from '@/utils/format';

interface Props {
  id: string;
  last: number;
  /** The number that the address names. */
  seq: string | undefined;
  onGo: (seq: number | undefined) => void;
}

/** One event with all that is in it. */
export function EventDrawer({ id, last, seq: named, onGo }: Props) {
  const { t } = useTranslation();
  const seq = /^\d{1,12}$/.test(named ?? '') ? Number(named) : 0;
  const { data, error, refetch } = useQuery({
    queryKey: rareKeys.journal.event(id, seq),
    queryFn: () => executions.event(id, seq),
    enabled: seq > 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (seq === 0) return null;
  const neighbours = (
    <span className="flex gap-2">
      <Button size="small" disabled={seq <= 1} onClick={() => onGo(seq - 1)}>
        {t('journal.before')}
      </Button>
      <Button size="small" disabled={seq >= last} onClick={() => onGo(seq + 1)}>
        {t('journal.after')}
      </Button>
    </span>
  );
  return (
    <Drawer open title={t('journal.event', { seq })} extra={neighbours} size={720} onClose={() => onGo(undefined)}>
      {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {data ? (
        <div className="flex flex-col gap-4">
          <dl className="wp-facts">
            <div>
              <dt>{t('journal.kind')}</dt>
              <dd>
                <code>{data.kind}</code>
              </dd>
            </div>
            <div>
              <dt>{t('journal.at')}</dt>
              <dd>
                <time dateTime={data.at} title={data.at} className="wp-number">
                  {precise(data.at)}
                </time>
              </dd>
            </div>
          </dl>
          <JsonView key={data.seq} label={t('journal.body')} value={data.body} />
        </div>
      ) : (
        !error && <span className="wp-skeleton" />
      )}
    </Drawer>
  );
}
