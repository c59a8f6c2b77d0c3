import { Link } from 'react-router';
import { Count } from '@/components/Count';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { When } from '@/components/When';
import { CreatePool } from '@/features/proxies/CreatePool';
import { StateBar } from '@/features/proxies/StateBar';
import { keys } from '@/hooks/keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { proxies } from '@/services/proxies';
import type { ProxyPool } from '@/types/api';

export function PoolTable() {
  const { t } = useTranslation();
  const { table } = usePaged(keys.pools.all, proxies.pools);
  const columns: Column<ProxyPool>[] = [
    {
      key: 'name',
      title: t('proxies.name'),
      render: ({ id, name }) => (
        <Link className="wp-name" to={`/proxies/${id}`}>
          {name}
        </Link>
      ),
    },
    { key: 'health', title: t('proxies.health'), render: (row) => <Health pool={row} /> },
    { key: 'proxies', title: t('proxies.count'), align: 'right', render: (row) => <Count value={row.proxies} /> },
    {
      key: 'strategy',
      title: t('proxies.strategy'),
      wide: true,
      render: (row) => t(`proxies.strategies.${row.strategy}`, { defaultValue: row.strategy }),
    },
    { key: 'created', title: t('proxies.created'), wide: true, render: (row) => <When time={row.created_at} /> },
  ];
  return (
    <DataTable
      label={t('nav.proxies')}
      columns={columns}
      {...table}
      rowKey={(row) => row.id}
      empty={
        <EmptyState title={t('proxies.emptyTitle')} text={t('proxies.emptyText')}>
          <CreatePool />
        </EmptyState>
      }
    />
  );
}

/** How the proxies of a pool are: in words how many are healthy, as a bar all of it. */
function Health({ pool: { name, proxies: total, states } }: { pool: ProxyPool }) {
  const { t } = useTranslation();
  if (total === 0) return <span className="wp-muted">{t('proxies.noProxies')}</span>;
  return (
    <div className="wp-pool-health">
      <StateBar shares={states} label={name} />
      <span className="wp-muted wp-number">{t('proxies.healthyOf', { healthy: states.healthy, total })}</span>
    </div>
  );
}
