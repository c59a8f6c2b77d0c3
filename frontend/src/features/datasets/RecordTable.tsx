import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { changedSince } from '@/features/datasets/changed';
import { shownColumns, useRecordQuery } from '@/features/datasets/filter';
import { RecordDrawer } from '@/features/datasets/RecordDrawer';
import { Value } from '@/features/datasets/Value';
import { rareKeys } from '@/hooks/rare-keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { datasets } from '@/services/datasets';
import type { Dataset, DatasetColumn, DatasetRecord } from '@/types/api';

const isNumber = (type: string) => type === 'integer' || type === 'number';

/** The name of a column; sorts by it, where that is possible. */
function Head({ column }: { column: DatasetColumn }) {
  const { t } = useTranslation();
  const { query, changeAll } = useRecordQuery();
  const title = column.label ?? column.name;
  if (column.index !== 'ready') return <span title={column.description ?? undefined}>{title}</span>;
  const sorted = query.sort === column.name ? (query.order ?? 'asc') : null;
  const sort = () =>
    sorted === 'desc'
      ? changeAll({ sort: undefined, order: undefined })
      : changeAll({ sort: column.name, order: sorted === 'asc' ? 'desc' : 'asc' });
  return (
    <button
      type="button"
      className="wp-link"
      title={column.description ?? undefined}
      aria-label={t('dataset.sortBy', { name: title })}
      onClick={sort}
    >
      {title}
      {sorted && (
        <span role="img" aria-label={t(sorted === 'asc' ? 'dataset.ascending' : 'dataset.descending')}>
          {sorted === 'asc' ? ' ↑' : ' ↓'}
        </span>
      )}
    </button>
  );
}

/** Marks the row of a record that came or changed after the time that was chosen. */
function Changed({ record, since }: { record: DatasetRecord; since: string | undefined }) {
  const { t } = useTranslation();
  const kind = changedSince(record, since);
  if (!kind) return null;
  return <span className={`wp-badge wp-changed wp-changed-${kind}`}>{t(`dataset.since.${kind}`)}</span>;
}

export function RecordTable({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation();
  const { name } = dataset;
  const { query, change, open, since } = useRecordQuery();
  const { more, table } = usePaged(rareKeys.dataset.records(name, query), (cursor) =>
    datasets.records(name, query, cursor),
  );
  const shown = shownColumns(dataset.columns, query.columns);
  const looking = Boolean(query.search || query.filter);
  const columns: Column<DatasetRecord>[] = [
    {
      key: '@key',
      title: t('dataset.key'),
      render: (row) => (
        <>
          <button
            type="button"
            className="wp-link wp-clip"
            aria-label={t('dataset.openRecord', { name: row.key })}
            onClick={() => change('open', row.key)}
          >
            {row.key}
          </button>
          <Changed record={row} since={since} />
        </>
      ),
    },
    ...shown.map((column) => ({
      key: column.name,
      title: <Head column={column} />,
      align: isNumber(column.type) ? ('right' as const) : undefined,
      render: (row: DatasetRecord) => <Value value={row.data[column.name]} />,
    })),
  ];
  // A page of a narrow search may be empty although others follow.
  const empty = more ? undefined : (
    <EmptyState
      title={t(looking ? 'dataset.nothingFound' : 'data.noRecords')}
      text={t(looking ? 'dataset.nothingFoundText' : 'data.emptyText')}
    />
  );
  return (
    <>
      <DataTable label={name} columns={columns} {...table} rowKey={(row) => row.key} empty={empty} />
      {open && <RecordDrawer dataset={dataset} name={open} onClose={() => change('open')} />}
    </>
  );
}
