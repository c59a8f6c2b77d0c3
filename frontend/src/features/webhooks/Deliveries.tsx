import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { StatusTag } from '@/components/StatusTag';
import { When } from '@/components/When';
import { DeliveryDrawer } from '@/features/webhooks/DeliveryDrawer';
import { rareKeys } from '@/hooks/rare-keys';
import { useFilter } from '@/hooks/use-filter';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { webhooks } from '@/services/webhooks';
import type { Delivery } from '@/types/api';
import type { AnyStatus } from '@/utils/status';

const LOOKS: Record<Delivery['state'], AnyStatus> = { pending: 'waiting', delivered: 'succeeded', failed: 'failed' };

export function DeliveryState({ state }: { state: Delivery['state'] }) {
  const { t } = useTranslation();
  return <StatusTag status={LOOKS[state]} text={t(`webhooks.states.${state}`)} />;
}

/** Messages for the endpoint and what became of them. */
export function Deliveries({ endpoint }: { endpoint: string }) {
  const { t } = useTranslation();
  const { open, change } = useFilter([] as const);
  const { table } = usePaged(
    rareKeys.webhooks.deliveries(endpoint),
    (cursor) => webhooks.deliveries(endpoint, cursor),
    { refetchInterval: 5_000 },
  );
  const columns: Column<Delivery>[] = [
    {
      key: 'at',
      title: t('webhooks.at'),
      render: (row) => (
        <button type="button" className="wp-link" onClick={() => change('open', row.id)}>
          <When time={row.created_at} />
        </button>
      ),
    },
    { key: 'kind', title: t('webhooks.kind'), wide: true, render: (row) => <code>{row.kind}</code> },
    { key: 'state', title: t('webhooks.state'), render: (row) => <DeliveryState state={row.state} /> },
    { key: 'status', title: t('webhooks.answer'), align: 'right', render: (row) => row.status ?? '–' },
    { key: 'attempts', title: t('webhooks.attempts'), align: 'right', wide: true, render: (row) => row.attempts },
    { key: 'due', title: t('webhooks.due'), wide: true, render: (row) => <When time={row.due_at} /> },
    {
      key: 'error',
      title: t('webhooks.error'),
      wide: true,
      render: (row) => (
        <span className="wp-clip" title={row.error ?? undefined}>
          {row.error ?? ''}
        </span>
      ),
    },
  ];
  return (
    <>
      <DataTable
        label={t('webhooks.deliveries')}
        columns={columns}
        {...table}
        rowKey={(row) => row.id}
        empty={<EmptyState title={t('webhooks.noDeliveries')} text={t('webhooks.noDeliveriesText')} />}
      />
      {open && <DeliveryDrawer endpoint={endpoint} id={open} onClose={() => change('open')} />}
    </>
  );
}
