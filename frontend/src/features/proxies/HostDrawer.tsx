import { Button, Drawer } from 'antd';
import { Count } from '@/components/Count';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { Breaker } from '@/features/proxies/Breaker';
import { usePoolFilter } from '@/features/proxies/filter';
import { rareKeys } from '@/hooks/rare-keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { proxies } from '@/services/proxies';
import type { ProxyOnHost } from '@/types/api';
import { duration } from '@/utils/format';

/** How each proxy fares on one host. */
export function HostDrawer({ pool, host, onClose }: { pool: string; host: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { changeAll } = usePoolFilter();
  const { table } = usePaged(rareKeys.pool.pairs(pool, host), (cursor) => proxies.onHost(pool, host, cursor, 50));
  const columns: Column<ProxyOnHost>[] = [
    { key: 'address', title: t('proxies.address'), render: (row) => <code className="wp-message">{row.address}</code> },
    { key: 'breaker', title: t('proxies.breaker'), render: (row) => <Breaker breaker={row.breaker} /> },
    {
      key: 'requests',
      title: t('proxies.requests'),
      align: 'right',
      wide: true,
      render: (row) => <Count value={row.requests} />,
    },
    { key: 'failures', title: t('proxies.failures'), align: 'right', render: (row) => <Count value={row.failures} /> },
    {
      key: 'refused',
      title: t('proxies.refused'),
      align: 'right',
      wide: true,
      render: (row) => <Count value={row.refused} />,
    },
    {
      key: 'latency',
      title: t('proxies.latency'),
      align: 'right',
      wide: true,
      render: (row) => (row.latency_ms == null ? '–' : duration(row.latency_ms)),
    },
  ];
  return (
    <Drawer
      open
      title={host}
      onClose={onClose}
      size={760}
      extra={
        <Button onClick={() => changeAll({ tab: 'explain', host, open: undefined })}>{t('proxies.explainHost')}</Button>
      }
    >
      <DataTable
        label={host}
        columns={columns}
        {...table}
        rowKey={(row) => row.proxy_id}
        empty={<EmptyState title={t('proxies.noPairs')} text={t('proxies.noPairsText')} />}
      />
    </Drawer>
  );
}
