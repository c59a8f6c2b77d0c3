import { useTranslation } from 'react-i18next';
import { Count } from '@/components/Count';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { When } from '@/components/When';
import { ImportProxies } from '@/features/proxies/ImportProxies';
import type { PoolStatus, ProxyRow, ProxyTest } from '@/types/api';
import { duration } from '@/utils/format';

type Result = ProxyTest['results'][number];

function Tested({ result }: { result: Result | undefined }) {
  const { t } = useTranslation();
  if (!result) return <span className="wp-muted">–</span>;
  if (result.ok)
    return (
      <span className="wp-status wp-status-succeeded">
        {t('proxies.ok')} {duration(result.latency_ms ?? 0)}
      </span>
    );
  return <span className="wp-status wp-status-failed">{result.error ?? t('proxies.failed')}</span>;
}

export function ProxyTable({ status, tested }: { status: PoolStatus | undefined; tested: ProxyTest | undefined }) {
  const { t } = useTranslation();
  const results = new Map(tested?.results.map((result) => [result.proxy_id, result]));
  const columns: Column<ProxyRow>[] = [
    {
      key: 'address',
      title: t('proxies.address'),
      render: (row) => <code className="whitespace-nowrap">{row.address}</code>,
    },
    {
      key: 'state',
      title: t('proxies.state'),
      render: (row) => (
        <span className="whitespace-nowrap">
          <span className={`wp-dot wp-pool-${row.state}`} aria-hidden />{' '}
          {t(`proxies.states.${row.state}`, { defaultValue: row.state })}
        </span>
      ),
    },
    { key: 'requests', title: t('proxies.requests'), align: 'right', render: (row) => <Count value={row.requests} /> },
    { key: 'failures', title: t('proxies.failures'), align: 'right', render: (row) => <Count value={row.failures} /> },
    {
      key: 'latency',
      title: t('proxies.latency'),
      align: 'right',
      wide: true,
      render: (row) => <span className="wp-number">{row.latency_ms == null ? '–' : duration(row.latency_ms)}</span>,
    },
    { key: 'cool', title: t('proxies.coolDown'), wide: true, render: (row) => <When time={row.cool_down_until} /> },
  ];
  if (tested) {
    columns.push({
      key: 'test',
      title: t('proxies.lastTest'),
      render: (row) => <Tested result={results.get(row.id)} />,
    });
  }
  return (
    <DataTable
      label={t('nav.proxies')}
      columns={columns}
      rows={status?.proxies}
      rowKey={(row) => row.id}
      empty={
        <EmptyState title={t('proxies.noneTitle')} text={t('proxies.noneText')}>
          {status && <ImportProxies id={status.pool.id} />}
        </EmptyState>
      }
    />
  );
}
