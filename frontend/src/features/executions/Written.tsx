import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { Count } from '@/components/Count';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { When } from '@/components/When';
import { WrittenRecords } from '@/features/executions/WrittenRecords';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { datasets } from '@/services/datasets';
import type { DatasetWrites } from '@/types/api';

const LIVELY = 3_000;
/** Datasets of which records are shown. */
const SHOWN = 5;

/** What a run wrote into datasets. */
export function Written({ id, running }: { id: string; running: boolean }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({
    queryKey: rareKeys.writes(id),
    queryFn: () => datasets.writtenBy(id),
    refetchInterval: running && LIVELY,
  });
  const columns: Column<DatasetWrites>[] = [
    {
      key: 'dataset',
      title: t('written.dataset'),
      render: ({ dataset }) => (
        <Link className="wp-name" to={`/data/${encodeURIComponent(dataset)}`}>
          {dataset}
        </Link>
      ),
    },
    { key: 'added', title: t('written.added'), align: 'right', render: (row) => <Count value={row.added} /> },
    { key: 'changed', title: t('written.changed'), align: 'right', render: (row) => <Count value={row.changed} /> },
    { key: 'removed', title: t('written.removed'), align: 'right', render: (row) => <Count value={row.removed} /> },
    {
      key: 'versions',
      title: t('written.versions'),
      align: 'right',
      wide: true,
      render: ({ dataset, versions, first_version, last_version }) => (
        <Link to={`/data/${encodeURIComponent(dataset)}?tab=versions`}>
          {versions === 1 ? `v${last_version}` : `v${first_version} – v${last_version}`}
        </Link>
      ),
    },
    { key: 'at', title: t('written.at'), wide: true, render: ({ at }) => <When time={at} /> },
  ];
  const empty = <EmptyState title={t('written.noneTitle')} text={t('written.noneText')} />;
  return (
    <div className="flex flex-col gap-5">
      <DataTable
        label={t('written.title')}
        columns={columns}
        rows={data}
        rowKey={({ dataset }) => dataset}
        error={error}
        onRetry={() => void refetch()}
        empty={empty}
      />
      {data?.slice(0, SHOWN).map((writes) => (
        <WrittenRecords key={writes.dataset} writes={writes} />
      ))}
    </div>
  );
}
