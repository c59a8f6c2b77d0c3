import { Link } from 'react-router';
import { Count } from '@/components/Count';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { When } from '@/components/When';
import { rareKeys } from '@/hooks/rare-keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { datasets } from '@/services/datasets';
import type { DatasetVersion } from '@/types/api';

/** Every batch that changed something. */
export function Versions({ name }: { name: string }) {
  const { t } = useTranslation();
  const { table } = usePaged(rareKeys.dataset.versions(name), (cursor) => datasets.versions(name, cursor));
  const count = (key: 'added' | 'changed' | 'removed' | 'total', wide = false): Column<DatasetVersion> => ({
    key,
    title: t(key === 'total' ? 'data.records' : `dataset.kinds.${key}`),
    align: 'right',
    wide,
    render: (row) => <Count value={row[key]} />,
  });
  const columns: Column<DatasetVersion>[] = [
    { key: 'version', title: t('dataset.version'), align: 'right', render: (row) => row.version },
    { key: 'at', title: t('dataset.writtenAt'), render: (row) => <When time={row.at} /> },
    count('added'),
    count('changed'),
    count('removed'),
    count('total', true),
    {
      key: 'cause',
      title: t('dataset.cause'),
      wide: true,
      render: (row) => (
        <>
          <div>{t(`dataset.causes.${row.cause}`)}</div>
          {row.execution_id && <Link to={`/executions/${row.execution_id}`}>{t('dataset.execution')}</Link>}
        </>
      ),
    },
  ];
  return (
    <DataTable
      label={t('dataset.tabs.versions')}
      columns={columns}
      {...table}
      rowKey={(row) => String(row.version)}
      empty={<EmptyState title={t('dataset.noVersions')} text={t('dataset.noVersionsText')} />}
    />
  );
}
