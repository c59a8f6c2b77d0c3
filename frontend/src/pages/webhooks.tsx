import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { ErrorNote } from '@/components/ErrorNote';
import { PageHeader } from '@/components/PageHeader';
import { Waiting } from '@/components/Waiting';
import { CreateEndpoint } from '@/features/webhooks/CreateEndpoint';
import { Deliveries } from '@/features/webhooks/Deliveries';
import { EndpointActions } from '@/features/webhooks/EndpointActions';
import { EndpointState } from '@/features/webhooks/EndpointState';
import { EndpointTable } from '@/features/webhooks/EndpointTable';
import { rareKeys } from '@/hooks/rare-keys';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';
import '@/locales/webhooks';
import { webhooks } from '@/services/webhooks';

export function Component() {
  const { id } = useParams();
  return id ? <One id={id} /> : <All />;
}

function All() {
  const { t } = useTranslation();
  useTitle(t('webhooks.title'));
  return (
    <>
      <PageHeader
        parent={{ to: '/automations', text: t('nav.automations') }}
        title={t('webhooks.title')}
        note={t('webhooks.note')}
        extra={<CreateEndpoint />}
      />
      <EndpointTable />
    </>
  );
}

function One({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({
    queryKey: rareKeys.webhooks.one(id),
    queryFn: () => webhooks.show(id),
    refetchInterval: 10_000,
  });
  useTitle(data?.url);
  if (error && !data) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  return (
    <>
      <PageHeader
        parent={{ to: '/automations/webhooks', text: t('webhooks.title') }}
        title={data.url}
        note={
          <span className="flex flex-wrap gap-3">
            <EndpointState endpoint={data} /> {data.description}
          </span>
        }
        extra={<EndpointActions endpoint={data} />}
      />
      <Deliveries endpoint={id} />
    </>
  );
}
