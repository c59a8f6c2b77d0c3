import { Checkbox } from 'antd';
import { createContext, useContext, useMemo, useState } from 'react';
import { Link } from 'react-router';
import { createStore, useStore } from 'zustand';
import { CopyId } from '@/components/CopyId';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { Lasted } from '@/components/Lasted';
import { LinkButton } from '@/components/LinkButton';
import { StatusTag } from '@/components/StatusTag';
import { When } from '@/components/When';
import { Bulk } from '@/features/executions/Bulk';
import { useExecutionFilter } from '@/features/executions/ExecutionFilters';
import { MOST_NEW, useAnchored } from '@/hooks/use-anchored';
import { useTranslation } from '@/hooks/use-translation';
import type { Translate } from '@/locales/texts';
import type { ExecutionSummary } from '@/types/api';
import { isOver } from '@/utils/status';

/** The ids that are chosen, outside the table: one that is chosen leaves the other rows as they are. */
const newChoice = () => createStore(() => ({ ids: new Set<string>() }));
type Choice = ReturnType<typeof newChoice>;

const Shown = createContext<string[]>([]);

/** As many as one request takes. */
const MOST = 200;

export function ExecutionTable() {
  const { t } = useTranslation();
  const [filter] = useExecutionFilter();
  const { items, table, fresh, show } = useAnchored(filter);
  const [choice] = useState(newChoice);
  const columns = useMemo(() => columnsOf(t, choice), [t, choice]);
  const filtered = Object.values(filter).some(Boolean);
  const empty = (
    <EmptyState
      title={t(filtered ? 'executions.noneTitle' : 'executions.emptyTitle')}
      text={t(filtered ? 'executions.noneText' : 'executions.emptyText')}
    >
      {!filtered && <LinkButton to="/workflows">{t('executions.toWorkflows')}</LinkButton>}
    </EmptyState>
  );
  const shown = useMemo(() => items?.map(({ id }) => id) ?? [], [items]);
  return (
    <Shown value={shown}>
      <ChosenBulk choice={choice} />
      <Fresh count={fresh} onShow={show} />
      <DataTable label={t('nav.executions')} columns={columns} {...table} rowKey={(row) => row.id} empty={empty} />
    </Shown>
  );
}

/** How many newer rows there are; they come when asked for, so that no row jumps. */
function Fresh({ count, onShow }: { count: number; onShow: () => void }) {
  const { t } = useTranslation();
  return (
    <div role="status" className={count > 0 ? 'wp-fresh' : undefined}>
      {count > 0 && (
        <button type="button" className="wp-link" onClick={onShow}>
          {t('executions.fresh', { count: count < MOST_NEW ? count : `${MOST_NEW}+` } as { count: number })}
        </button>
      )}
    </div>
  );
}

function ChosenBulk({ choice }: { choice: Choice }) {
  const chosen = useStore(choice, ({ ids }) => ids);
  const list = useMemo(() => [...chosen], [chosen]);
  return <Bulk chosen={list} onDone={() => choice.setState({ ids: new Set() })} />;
}

function ChooseAll({ choice }: { choice: Choice }) {
  const { t } = useTranslation();
  const shown = useContext(Shown);
  const count = useStore(choice, ({ ids }) => ids.size);
  return (
    <Checkbox
      aria-label={t('executions.chooseAll')}
      checked={shown.length > 0 && count === shown.length}
      indeterminate={count > 0 && count !== shown.length}
      onChange={(event) => choice.setState({ ids: new Set(event.target.checked ? shown.slice(0, MOST) : []) })}
    />
  );
}

function ChooseOne({ choice, row: { id, definition_name } }: { choice: Choice; row: ExecutionSummary }) {
  const { t } = useTranslation();
  const chosen = useStore(choice, ({ ids }) => ids.has(id));
  return (
    <Checkbox
      aria-label={t('executions.choose', { name: definition_name })}
      checked={chosen}
      onChange={(event) =>
        choice.setState(({ ids }) => ({
          ids: event.target.checked ? new Set([...ids, id]) : new Set([...ids].filter((one) => one !== id)),
        }))
      }
    />
  );
}

function columnsOf(t: Translate, choice: Choice): Column<ExecutionSummary>[] {
  return [
    {
      key: 'choose',
      title: <ChooseAll choice={choice} />,
      render: (row) => <ChooseOne choice={choice} row={row} />,
    },
    {
      key: 'status',
      title: t('executions.status'),
      render: (row) => <StatusTag status={row.status} text={row.awaits ? t('status.awaits') : undefined} />,
    },
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
    {
      key: 'trigger',
      title: t('executions.trigger'),
      wide: true,
      render: ({ origin }) => (
        <span className="whitespace-nowrap">{origin ? t(`executions.origins.${origin}`) : '–'}</span>
      ),
    },
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
}
