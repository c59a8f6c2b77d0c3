import { Drawer } from 'antd';
import { Link } from 'react-router';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { JsonView } from '@/components/JsonView';
import { StatusTag } from '@/components/StatusTag';
import { When } from '@/components/When';
import { ActionKinds, ActionLine } from '@/features/automations/ActionLine';
import { rareKeys } from '@/hooks/rare-keys';
import { useFilter } from '@/hooks/use-filter';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { automations } from '@/services/automations';
import type { ActionOutcome, Firing, Json } from '@/types/api';
import type { AnyStatus } from '@/utils/status';

const LOOKS: Record<Firing['state'], AnyStatus> = {
  pending: 'running',
  done: 'succeeded',
  failed: 'failed',
  held_back: 'cancelled',
};

function State({ state }: { state: Firing['state'] }) {
  const { t } = useTranslation();
  return <StatusTag status={LOOKS[state]} text={t(`automations.states.${state}`)} />;
}

/** When the rule fired or was held back, and what became of each action. */
export function Firings({ id }: { id: string }) {
  const { t } = useTranslation();
  const { open, change } = useFilter([] as const);
  const { items, table } = usePaged(rareKeys.automations.firings(id), (cursor) => automations.firings(id, cursor), {
    refetchInterval: 10_000,
  });
  const shown = items?.find((one) => one.id === open);
  const columns: Column<Firing>[] = [
    {
      key: 'at',
      title: t('automations.firedAt'),
      render: (row) => (
        <button type="button" className="wp-link" onClick={() => change('open', row.id)}>
          <When time={row.fired_at} />
        </button>
      ),
    },
    { key: 'state', title: t('automations.state'), render: (row) => <State state={row.state} /> },
    { key: 'event', title: t('automations.event'), wide: true, render: (row) => <code>{row.event.kind}</code> },
    {
      key: 'actions',
      title: t('automations.does'),
      wide: true,
      render: (row) => <ActionKinds actions={row.actions} />,
    },
    { key: 'reason', title: t('automations.reason'), wide: true, render: (row) => row.reason ?? '' },
  ];
  return (
    <>
      <DataTable
        label={t('automations.history')}
        columns={columns}
        {...table}
        rowKey={(row) => row.id}
        empty={<EmptyState title={t('automations.neverFired')} text={t('automations.neverFiredText')} />}
      />
      <Drawer
        open={shown !== undefined}
        onClose={() => change('open')}
        title={shown && <State state={shown.state} />}
        size={560}
      >
        {shown && <FiringDetail firing={shown} />}
      </Drawer>
    </>
  );
}

function FiringDetail({ firing: { event, actions, outcomes, reason } }: { firing: Firing }) {
  return (
    <div className="flex flex-col gap-4">
      {reason && <p className="wp-field-error">{reason}</p>}
      <ul className="wp-tried">
        {actions.map((action, place) => (
          <li key={place}>
            <ActionLine action={action} />
            <Outcome outcome={outcomes[place]} />
          </li>
        ))}
      </ul>
      <JsonView label={event.kind} value={event.payload} />
    </div>
  );
}

const runOf = (result: Json | undefined) =>
  typeof result === 'object' && result !== null && !Array.isArray(result) && typeof result.execution_id === 'string'
    ? result.execution_id
    : null;

function Outcome({ outcome }: { outcome: ActionOutcome | null | undefined }) {
  const { t } = useTranslation();
  if (!outcome) return <p className="wp-muted">{t('automations.notYet')}</p>;
  const run = runOf(outcome.result);
  return (
    <p className="flex flex-wrap gap-x-3">
      <StatusTag
        status={outcome.done ? 'succeeded' : 'failed'}
        text={t(outcome.done ? 'automations.wasDone' : 'automations.notDone')}
      />
      {outcome.error && <span className="wp-field-error">{outcome.error}</span>}
      {run && <Link to={`/executions/${run}`}>{t('automations.toExecution')}</Link>}
    </p>
  );
}
