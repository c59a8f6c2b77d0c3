import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { type Column, DataTable } from '@/components/DataTable';
import { When } from '@/components/When';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { datasets } from '@/services/datasets';
import type { DatasetChange, DatasetWrites, Json } from '@/types/api';

const SHOWN = 10;
const FIELDS = 4;

/** The newest records that a run wrote into a dataset: those of the last version it made. */
export function WrittenRecords({ writes: { dataset, last_version } }: { writes: DatasetWrites }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({
    queryKey: rareKeys.written(dataset, last_version),
    queryFn: () => datasets.changedBy(dataset, last_version, SHOWN),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const path = `/data/${encodeURIComponent(dataset)}`;
  const columns: Column<DatasetChange>[] = [
    {
      key: 'record',
      title: t('written.record'),
      render: ({ key, kind }) =>
        key && kind !== 'removed' ? (
          <Link className="wp-name" to={`${path}?${new URLSearchParams({ open: key })}`}>
            {key}
          </Link>
        ) : (
          key
        ),
    },
    { key: 'kind', title: t('written.kind'), render: ({ kind }) => t(`written.${kind}`) },
    { key: 'fields', title: t('written.fields'), wide: true, render: ({ fields }) => <Fields fields={fields} /> },
    { key: 'at', title: t('written.at'), wide: true, render: ({ at }) => <When time={at} /> },
  ];
  return (
    <section className="flex flex-col gap-2" aria-label={t('written.newestOf', { name: dataset })}>
      <h3>{t('written.newestOf', { name: dataset })}</h3>
      <DataTable
        label={t('written.newestOf', { name: dataset })}
        columns={columns}
        rows={data}
        rowKey={({ key, version }) => `${version} ${key}`}
        error={error}
        onRetry={() => void refetch()}
        empty={<p className="wp-muted">{t('written.notKept')}</p>}
      />
      <Link to={path}>{t('written.all')}</Link>
    </section>
  );
}

const text = (value: Json | undefined) => (typeof value === 'string' ? value : JSON.stringify(value ?? null));

/** The first fields, as they are now; of what was removed, as they were. */
function Fields({ fields }: { fields: DatasetChange['fields'] }) {
  const shown = fields.slice(0, FIELDS).map(({ field, after, before }) => `${field}: ${text(after ?? before)}`);
  return (
    <span className="wp-clip" title={shown.join('\n')}>
      {shown.join(' · ')}
    </span>
  );
}
