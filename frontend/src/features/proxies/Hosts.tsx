import { useQueries } from '@tanstack/react-query';
import { Count } from '@/components/Count';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { When } from '@/components/When';
import { Breaker } from '@/features/proxies/Breaker';
import { usePoolFilter } from '@/features/proxies/filter';
import { HostDrawer } from '@/features/proxies/HostDrawer';
import { matrixOf, type Row, shade } from '@/features/proxies/matrix';
import { rareKeys } from '@/hooks/rare-keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { proxies } from '@/services/proxies';
import type { PoolHost } from '@/types/api';
import { duration } from '@/utils/format';

const MAPPED = 8;
const ROWS = 40;

/** How the pool does on each host it was used for: a map, and a table. */
export function Hosts({ pool }: { pool: string }) {
  const { t, i18n } = useTranslation();
  const { change, open } = usePoolFilter();
  const { items, table } = usePaged(rareKeys.pool.hosts(pool), (cursor) => proxies.hosts(pool, cursor), {
    refetchInterval: 10_000,
  });
  const percent = (row: PoolHost) =>
    row.requests > 0 ? (row.successes / row.requests).toLocaleString(i18n.language, { style: 'percent' }) : '–';
  const columns: Column<PoolHost>[] = [
    {
      key: 'host',
      title: t('proxies.host'),
      render: ({ host }) => (
        <button
          type="button"
          className="wp-link wp-clip"
          aria-label={t('proxies.openHost', { name: host })}
          onClick={() => change('open', host)}
        >
          {host}
        </button>
      ),
    },
    { key: 'breaker', title: t('proxies.breaker'), render: (row) => <Breaker breaker={row.breaker} /> },
    {
      key: 'requests',
      title: t('proxies.requests'),
      align: 'right',
      wide: true,
      render: (row) => <Count value={row.requests} />,
    },
    { key: 'rate', title: t('proxies.successRate'), align: 'right', render: percent },
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
    {
      key: 'resting',
      title: t('proxies.restingOf'),
      align: 'right',
      wide: true,
      render: (row) => `${row.resting} / ${row.proxies}`,
    },
    { key: 'used', title: t('proxies.used'), wide: true, render: (row) => <When time={row.last_used_at} /> },
  ];
  return (
    <>
      {items && items.length > 0 && <HeatMap pool={pool} hosts={items.slice(0, MAPPED)} />}
      <DataTable
        label={t('proxies.tabs.hosts')}
        columns={columns}
        {...table}
        rowKey={(row) => row.id}
        empty={<EmptyState title={t('proxies.noHosts')} text={t('proxies.noHostsText')} />}
      />
      {open && <HostDrawer pool={pool} host={open} onClose={() => change('open')} />}
    </>
  );
}

/** Proxies against the hosts used last. */
function HeatMap({ pool, hosts }: { pool: string; hosts: PoolHost[] }) {
  const { t } = useTranslation();
  const pairs = useQueries({
    queries: hosts.map(({ host }) => ({
      queryKey: rareKeys.pool.map(pool, host),
      queryFn: () => proxies.onHost(pool, host, undefined, 200),
      refetchInterval: 10_000,
    })),
  });
  const rows = matrixOf(
    hosts,
    pairs.map(({ data }) => data?.items),
    ROWS,
  );
  if (rows.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="wp-card overflow-x-auto p-3" aria-label={t('proxies.map')} tabIndex={0}>
      <table className="wp-heat">
        <caption className="wp-muted">{t('proxies.mapNote')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('proxies.address')}</th>
            {hosts.map(({ id, host }) => (
              <th key={id} scope="col" title={host}>
                <span className="wp-clip">{host}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <MapRow key={row.id} row={row} hosts={hosts} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function MapRow({ row, hosts }: { row: Row; hosts: PoolHost[] }) {
  const { t, i18n } = useTranslation();
  return (
    <tr>
      <th scope="row">
        <code>{row.address}</code>
      </th>
      {row.cells.map((cell, place) => {
        const key = hosts[place]?.id;
        if (!cell) return <td key={key} />;
        const { rate, requests, rests } = cell;
        const text = rate === null ? '–' : rate.toLocaleString(i18n.language, { style: 'percent' });
        return (
          <td key={key} className={`wp-heat-${shade(rate)}`} title={t('proxies.cell', { count: requests })}>
            {rests ? `${text} · ${t('proxies.rests')}` : text}
          </td>
        );
      })}
    </tr>
  );
}
