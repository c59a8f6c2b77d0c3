import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer } from 'antd';
import { CopyId } from '@/components/CopyId';
import { ErrorNote } from '@/components/ErrorNote';
import { JsonView } from '@/components/JsonView';
import { StatusTag } from '@/components/StatusTag';
import { Waiting } from '@/components/Waiting';
import { When } from '@/components/When';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { webhooks } from '@/services/webhooks';
import type { DeliveryDetail, Json } from '@/types/api';
import { duration } from '@/utils/format';
import { isJson } from '@/utils/schema';

interface Props {
  endpoint: string;
  id: string;
  onClose: () => void;
}

/** A message as it was sent, each attempt with its answer, and another one. */
export function DeliveryDrawer({ endpoint, id, onClose }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: rareKeys.webhooks.delivery(endpoint, id),
    queryFn: () => webhooks.delivery(endpoint, id),
    refetchInterval: 5_000,
  });
  const again = useMutation({
    mutationFn: () => webhooks.again(endpoint, id),
    onSuccess: () => client.invalidateQueries({ queryKey: rareKeys.webhooks.all }),
  });
  return (
    <Drawer open title={data?.delivery.kind ?? t('webhooks.delivery')} onClose={onClose} size={640}>
      {error && !data && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data && (
        <div className="flex flex-col gap-4">
          <div className="flex flex-wrap items-center gap-3">
            <span>
              {t('webhooks.message')} <CopyId id={data.delivery.message_id} />
            </span>
            {data.delivery.ended_at && (
              <Button size="small" loading={again.isPending} onClick={() => again.mutate()}>
                {t('webhooks.again')}
              </Button>
            )}
          </div>
          {again.error && <ErrorNote error={again.error} />}
          <Attempts detail={data} />
          {isJson(data.body) ? (
            <JsonView label={t('webhooks.body')} value={JSON.parse(data.body) as Json} />
          ) : (
            <pre className="wp-example">{data.body}</pre>
          )}
        </div>
      )}
    </Drawer>
  );
}

function Attempts({ detail: { attempts } }: { detail: DeliveryDetail }) {
  const { t } = useTranslation();
  if (attempts.length === 0) return <p className="wp-muted">{t('webhooks.notYet')}</p>;
  return (
    <ul className="wp-tried">
      {attempts.map(({ number, at, status, error, elapsed_ms, answer }) => (
        <li key={number}>
          <div className="flex flex-wrap items-baseline gap-x-3">
            <StatusTag
              status={error ? 'failed' : 'succeeded'}
              text={status ? t('webhooks.answered', { status }) : t('webhooks.unanswered')}
            />
            <span className="wp-number">{duration(elapsed_ms)}</span>
            <span className="wp-muted">
              <When time={at} />
            </span>
          </div>
          {error && <p className="wp-field-error">{error}</p>}
          {answer && <pre className="wp-example">{answer}</pre>}
        </li>
      ))}
    </ul>
  );
}
