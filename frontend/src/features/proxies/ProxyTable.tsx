import { Input, Select, Tag } from 'antd';
import { Count } from '@/components/Count';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { When } from '@/components/When';
import { usePoolFilter } from '@/features/proxies/filter';
import { ImportProxies } from '@/features/proxies/ImportProxies';
import { ProxyDrawer } from '@/features/proxies/ProxyDrawer';
import { ProxyState } from '@/features/proxies/ProxyState';
import { rareKeys } from '@/hooks/rare-keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { proxies } from '@/services/proxies';
import type { ProxyRow } from '@/types/api';
import { duration } from '@/utils/format';

const STATES = ['unknown', 'healthy', 'degraded', 'quarantined', 'half_open'];

export function ProxyTable({ pool }: { pool: string }) {
  const { t } = useTranslation();
  const { filter, change, open } = usePoolFilter();
  const asked = { state: filter.state, search: filter.search };
  const { table } = usePaged(rareKeys.pool.proxies(pool, asked), (cursor) => proxies.list(pool, asked, cursor), {
    refetchInterval: 10_000,
  });
  const columns: Column<ProxyRow>[] = [
    {
      key: 'address',
      title: t('proxies.address'),
      render: (row) => (
        <>
          <button
            type="button"
            className="wp-link wp-link-wraps"
            aria-label={t('proxies.openProxy', { name: row.address })}
            onClick={() => change('open', row.id)}
          >
            <code>{row.address}</code>
          </button>
          {!row.enabled && <Tag className="ms-2">{t('proxies.off')}</Tag>}
          {row.label && <div className="wp-muted">{row.label}</div>}
        </>
      ),
    },
    { key: 'state', title: t('proxies.state'), render: (row) => <ProxyState state={row.state} /> },
    {
      key: 'requests',
      title: t('proxies.requests'),
      align: 'right',
      wide: true,
      render: (row) => <Count value={row.requests} />,
    },
    {
      key: 'failures',
      title: t('proxies.failures'),
      align: 'right',
      wide: true,
      render: (row) => <Count value={row.failures} />,
    },
    {
      key: 'latency',
      title: t('proxies.latency'),
      align: 'right',
      wide: true,
      render: (row) => <span className="wp-number">{row.latency_ms == null ? '–' : duration(row.latency_ms)}</span>,
    },
    {
      key: 'anonymity',
      title: t('proxies.anonymity'),
      wide: true,
      render: (row) => (row.anonymity ? t(`proxies.anonymities.${row.anonymity}`) : '–'),
    },
    { key: 'cool', title: t('proxies.coolDown'), wide: true, render: (row) => <When time={row.cool_down_until} /> },
    {
      key: 'error',
      title: t('proxies.lastError'),
      wide: true,
      render: (row) => (
        <span className="wp-clip wp-clip-short" title={row.last_error ?? undefined}>
          {row.last_error ?? ''}
        </span>
      ),
    },
  ];
  const looking = Boolean(asked.state || asked.search);
  const empty = looking ? (
    <EmptyState title={t('proxies.nothingFound')} text={t('proxies.nothingFoundText')} />
  ) : (
    <EmptyState title={t('proxies.noneTitle')} text={t('proxies.noneText')}>
      <ImportProxies id={pool} />
    </EmptyState>
  );
  return (
    <>
      <search className="wp-filters">
        <Input.Search
          key={asked.search}
          allowClear
          aria-label={t('proxies.find')}
          placeholder={t('proxies.find')}
          maxLength={100}
          defaultValue={asked.search}
          onSearch={(text) => change('search', text.trim())}
        />
        <Select
          allowClear
          aria-label={t('proxies.state')}
          placeholder={t('proxies.anyState')}
          value={asked.state}
          onChange={(value) => change('state', value)}
          options={STATES.map((value) => ({ value, label: t(`proxies.states.${value}`) }))}
        />
      </search>
      <DataTable label={t('nav.proxies')} columns={columns} {...table} rowKey={(row) => row.id} empty={empty} />
      {open && <ProxyDrawer pool={pool} id={open} onClose={() => change('open')} />}
    </>
  );
}
