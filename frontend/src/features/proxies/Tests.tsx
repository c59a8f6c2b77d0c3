import { Drawer } from 'antd';
import { Count } from '@/components/Count';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { Lasted } from '@/components/Lasted';
import { When } from '@/components/When';
import { usePoolFilter } from '@/features/proxies/filter';
import { rareKeys } from '@/hooks/rare-keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { proxies } from '@/services/proxies';
import type { PoolTest, TestedProxy } from '@/types/api';
import { duration } from '@/utils/format';

/** Tests of the pool, and what each found. */
export function Tests({ pool }: { pool: string }) {
  const { t } = useTranslation();
  const { change, open } = usePoolFilter();
  const { table } = usePaged(rareKeys.pool.tests(pool), (cursor) => proxies.tests(pool, cursor));
  const columns: Column<PoolTest>[] = [
    {
      key: 'at',
      title: t('proxies.at'),
      render: (row) => (
        <button type="button" className="wp-link" onClick={() => change('open', row.id)}>
          <When time={row.created_at} />
        </button>
      ),
    },
    { key: 'state', title: t('proxies.state'), render: (row) => t(`proxies.testStates.${row.state}`) },
    { key: 'worked', title: t('proxies.ok'), align: 'right', render: (row) => <Count value={row.worked} /> },
    { key: 'failed', title: t('proxies.failed'), align: 'right', render: (row) => <Count value={row.failed} /> },
    {
      key: 'took',
      title: t('proxies.took'),
      align: 'right',
      wide: true,
      render: (row) => <Lasted start={row.created_at} end={row.finished_at} running={row.state === 'running'} />,
    },
    {
      key: 'target',
      title: t('proxies.target'),
      wide: true,
      render: (row) => <code className="wp-clip">{row.target}</code>,
    },
  ];
  return (
    <>
      <DataTable
        label={t('proxies.tabs.tests')}
        columns={columns}
        {...table}
        rowKey={(row) => row.id}
        empty={<EmptyState title={t('proxies.noTests')} text={t('proxies.noTestsText')} />}
      />
      {open && <Results pool={pool} test={open} onClose={() => change('open')} />}
    </>
  );
}

const RESULTS = 200;

function Results({ pool, test, onClose }: { pool: string; test: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { table } = usePaged(rareKeys.pool.results(pool, test), (cursor) =>
    proxies.results(pool, test, Number(cursor ?? 0), RESULTS),
  );
  const columns: Column<TestedProxy>[] = [
    { key: 'address', title: t('proxies.address'), render: (row) => <code>{row.address}</code> },
    {
      key: 'result',
      title: t('proxies.lastTest'),
      render: (row) =>
        row.ok ? (
          <span className="wp-status wp-status-succeeded">{`${t('proxies.ok')} ${duration(row.latency_ms ?? 0)}`}</span>
        ) : (
          <span className="wp-field-error">{row.error ?? t('proxies.failed')}</span>
        ),
    },
    { key: 'exit', title: t('proxies.exit'), wide: true, render: (row) => row.exit_address ?? '–' },
    {
      key: 'anonymity',
      title: t('proxies.anonymity'),
      wide: true,
      render: (row) => (row.anonymity ? t(`proxies.anonymities.${row.anonymity}`) : '–'),
    },
  ];
  return (
    <Drawer open title={t('proxies.lastTest')} onClose={onClose} size={720}>
      <DataTable
        label={t('proxies.lastTest')}
        columns={columns}
        {...table}
        rowKey={(row) => String(row.seq)}
        empty={<EmptyState title={t('proxies.noResults')} text={t('proxies.noTestsText')} />}
      />
    </Drawer>
  );
}
