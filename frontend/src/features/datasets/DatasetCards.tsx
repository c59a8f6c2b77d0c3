import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Count } from '@/components/Count';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { LinkButton } from '@/components/LinkButton';
import { When } from '@/components/When';
import { keys } from '@/hooks/keys';
import { usePaged } from '@/hooks/use-paged';
import { datasets } from '@/services/datasets';
import type { Dataset } from '@/types/api';

export function DatasetTable() {
  const { t } = useTranslation();
  const { table } = usePaged(keys.datasets.all, datasets.list);
  const columns: Column<Dataset>[] = [
    {
      key: 'name',
      title: t('data.name'),
      render: ({ name }) => (
        <Link className="wp-name" to={`/data/${encodeURIComponent(name)}`}>
          {name}
        </Link>
      ),
    },
    { key: 'records', title: t('data.records'), align: 'right', render: (row) => <Count value={row.records} /> },
    { key: 'columns', title: t('data.columns'), align: 'right', wide: true, render: (row) => row.columns.length },
    { key: 'updated', title: t('data.updated'), render: (row) => <When time={row.updated_at} /> },
  ];
  return (
    <DataTable
      label={t('nav.data')}
      columns={columns}
      {...table}
      rowKey={(row) => row.name}
      empty={
        <EmptyState title={t('data.emptyTitle')} text={t('data.emptyText')}>
          <LinkButton to="/workflows">{t('nav.workflows')}</LinkButton>
        </EmptyState>
      }
    />
  );
}
