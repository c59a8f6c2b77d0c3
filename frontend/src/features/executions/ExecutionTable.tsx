import { Checkbox } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { CopyId } from '@/components/CopyId';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { Lasted } from '@/components/Lasted';
import { LinkButton } from '@/components/LinkButton';
import { StatusTag } from '@/components/StatusTag';
import { When } from '@/components/When';
import { Bulk } from '@/features/executions/Bulk';
import { useExecutionFilter } from '@/features/executions/ExecutionFilters';
import { keys } from '@/hooks/keys';
import { usePaged } from '@/hooks/use-paged';
import { executions } from '@/services/executions';
import type { ExecutionSummary } from '@/types/api';
import { isOver } from '@/utils/status';

/** As many as one request takes. */
const MOST = 200;

export function ExecutionTable() {
  const { t } = useTranslation();
  const [filter] = useExecutionFilter();
  const { items, table } = usePaged(keys.executions.list(filter), (cursor) => executions.list(filter, cursor), {
    refetchInterval: 5_000,
  });
  const [chosen, setChosen] = useState<string[]>([]);
  const choose = (id: string, on: boolean) => setChosen((ids) => (on ? [...ids, id] : ids.filter((one) => one !== id)));
  const columns: Column<ExecutionSummary>[] = [
    {
      key: 'choose',
      title: (
        <Checkbox
          aria-label={t('executions.chooseAll')}
          checked={Boolean(items?.length) && chosen.length === items?.length}
          indeterminate={chosen.length > 0 && chosen.length !== items?.length}
          onChange={(event) => setChosen(event.target.checked ? (items ?? []).map(({ id }) => id).slice(0, MOST) : [])}
        />
      ),
      render: ({ id, definition_name }) => (
        <Checkbox
          aria-label={t('executions.choose', { name: definition_name })}
          checked={chosen.includes(id)}
          onChange={(event) => choose(id, event.target.checked)}
        />
      ),
    },
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
  const filtered = Object.values(filter).some(Boolean);
  const empty = (
    <EmptyState
      title={t(filtered ? 'executions.noneTitle' : 'executions.emptyTitle')}
      text={t(filtered ? 'executions.noneText' : 'executions.emptyText')}
    >
      {!filtered && <LinkButton to="/workflows">{t('executions.toWorkflows')}</LinkButton>}
    </EmptyState>
  );
  return (
    <>
      <Bulk chosen={chosen} onDone={() => setChosen([])} />
      <DataTable label={t('nav.executions')} columns={columns} {...table} rowKey={(row) => row.id} empty={empty} />
    </>
  );
}
