import { Link } from 'react-router';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { When } from '@/components/When';
import { CreateEndpoint } from '@/features/webhooks/CreateEndpoint';
import { EndpointState } from '@/features/webhooks/EndpointState';
import { rareKeys } from '@/hooks/rare-keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { webhooks } from '@/services/webhooks';
import type { Endpoint } from '@/types/api';

/** Addresses of one's own that messages are sent to. */
export function EndpointTable() {
  const { t } = useTranslation();
  const { table } = usePaged(rareKeys.webhooks.list, webhooks.list);
  const columns: Column<Endpoint>[] = [
    {
      key: 'url',
      title: t('webhooks.url'),
      render: ({ id, url }) => (
        <Link className="wp-name break-all" to={`/automations/webhooks/${id}`}>
          {url}
        </Link>
      ),
    },
    { key: 'description', title: t('webhooks.description'), wide: true, render: (row) => row.description },
    { key: 'state', title: t('webhooks.state'), render: (row) => <EndpointState endpoint={row} /> },
    { key: 'created', title: t('webhooks.created'), wide: true, render: (row) => <When time={row.created_at} /> },
  ];
  return (
    <DataTable
      label={t('webhooks.title')}
      columns={columns}
      {...table}
      rowKey={(row) => row.id}
      empty={
        <EmptyState title={t('webhooks.none')} text={t('webhooks.noneText')}>
          <CreateEndpoint />
        </EmptyState>
      }
    />
  );
}
