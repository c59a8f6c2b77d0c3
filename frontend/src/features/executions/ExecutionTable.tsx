import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { CopyId } from '@/components/CopyId';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { Lasted } from '@/components/Lasted';
import { LinkButton } from '@/components/LinkButton';
import { StatusTag } from '@/components/StatusTag';
import { When } from '@/components/When';
import { useExecutionFilter } from '@/features/executions/ExecutionFilters';
import { keys } from '@/hooks/keys';
import { usePaged } from '@/hooks/use-paged';
import { executions } from '@/services/executions';
import type { ExecutionSummary } from '@/types/api';
import { isOver } from '@/utils/status';

export function ExecutionTable() {
  const { t } = useTranslation();
  const [filter] = useExecutionFilter();
  const { items, error, retry, more, loadingMore } = usePaged(
    keys.executions.list(filter),
    (cursor) => executions.list(filter, cursor),
    { refetchInterval: 5_000 },
  );
  const columns: Column<ExecutionSummary>[] = [
    { key: 'status', title: t('executions.status'), render: (row) => <StatusTag status={row.status} /> },
    {
      key: 'workflow',
      title: t('executions.workflow'),
      render: (row) => (
        <Link className="wp-name" to={`/executions/${row.id}`}>
          {row.definition_name} <span className="wp-muted">v{row.version}</span>
        </Link>
      ),
    },
    { key: 'id', title: t('executions.id'), wide: true, render: (row) => <CopyId id={row.id} /> },
    { key: 'created', title: t('executions.created'), render: (row) => <When time={row.created_at} /> },
    {
      key: 'took',
      title: t('executions.duration'),
      align: 'right',
      wide: true,
      render: (row) => <Lasted start={row.started_at} end={row.finished_at} running={!isOver(row.status)} />,
    },
    {
      key: 'error',
      title: t('executions.error'),
      wide: true,
      render: (row) => (
        <span className="wp-clip" title={row.error?.message}>
          {row.error?.message ?? ''}
        </span>
      ),
    },
  ];
  const filtered = filter.status || filter.definition_id;
  const empty = (
    <EmptyState
      title={t(filtered ? 'executions.noneTitle' : 'executions.emptyTitle')}
      text={t(filtered ? 'executions.noneText' : 'executions.emptyText')}
    >
      {!filtered && <LinkButton to="/workflows">{t('executions.toWorkflows')}</LinkButton>}
    </EmptyState>
  );
  return (
    <DataTable
      label={t('nav.executions')}
      columns={columns}
      rows={items}
      rowKey={(row) => row.id}
      error={error}
      onRetry={retry}
      more={more}
      loadingMore={loadingMore}
      empty={empty}
    />
  );
}
