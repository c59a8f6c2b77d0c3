import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type Column, DataTable } from '@/components/DataTable';
import { RunButton } from '@/components/RunButton';
import { When } from '@/components/When';
import { Templates } from '@/features/workflows/Templates';
import { NextRun, Triggers } from '@/features/workflows/Triggers';
import { keys } from '@/hooks/keys';
import { usePaged } from '@/hooks/use-paged';
import { workflows } from '@/services/workflows';
import type { DefinitionSummary } from '@/types/api';

export function WorkflowTable() {
  const { t } = useTranslation();
  const { table } = usePaged(keys.workflows.all, (cursor) => workflows.list(cursor));
  const columns: Column<DefinitionSummary>[] = [
    {
      key: 'name',
      title: t('workflows.name'),
      render: ({ id, name }) => (
        <Link className="wp-name" to={`/workflows/${id}`}>
          {name}
        </Link>
      ),
    },
    {
      key: 'version',
      title: t('workflows.version'),
      align: 'right',
      wide: true,
      render: ({ version }) => `v${version}`,
    },
    {
      key: 'triggers',
      title: t('workflows.triggers'),
      wide: true,
      render: (row) => <Triggers triggers={row.triggers} />,
    },
    { key: 'next', title: t('workflows.nextRun'), render: (row) => <NextRun triggers={row.triggers} /> },
    { key: 'updated', title: t('workflows.updated'), wide: true, render: (row) => <When time={row.updated_at} /> },
    {
      key: 'run',
      title: <span className="sr-only">{t('run.now')}</span>,
      align: 'right',
      render: ({ id, name }) => <RunButton id={id} name={name} size="small" />,
    },
  ];
  return (
    <DataTable label={t('nav.workflows')} columns={columns} {...table} rowKey={(row) => row.id} empty={<Templates />} />
  );
}
