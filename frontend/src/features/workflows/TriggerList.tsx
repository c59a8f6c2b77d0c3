import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Switch, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNote } from '@/components/ErrorNote';
import { When } from '@/components/When';
import { Backfill } from '@/features/workflows/Backfill';
import { Timing } from '@/features/workflows/Triggers';
import { rareKeys } from '@/hooks/rare-keys';
import { useCopy } from '@/hooks/use-copy';
import { usePaged } from '@/hooks/use-paged';
import { workflows } from '@/services/workflows';
import type { Tick, Trigger } from '@/types/api';

const SHOWN = 5;
const TIMED = ['cron', 'interval'];

/** What starts the workflow: when next, what became of past times, paused or not. */
export function TriggerList({ id }: { id: string }) {
  const { t } = useTranslation();
  const { items, error, retry } = usePaged(rareKeys.triggers.of(id), () => workflows.triggers(id));
  if (error && !items) return <ErrorNote error={error} onRetry={retry} />;
  if (items?.length === 0) return <EmptyState title={t('triggers.none')} text={t('triggers.noneText')} />;
  return (
    <div className="flex flex-col gap-4">
      {items?.map((trigger) => (
        <OneTrigger key={trigger.id} workflow={id} trigger={trigger} />
      ))}
    </div>
  );
}

function OneTrigger({ workflow, trigger }: { workflow: string; trigger: Trigger }) {
  const { t } = useTranslation();
  const { next_runs, timezone, misfire, overlap, paused, kind, expression, webhook } = trigger;
  return (
    <section className="wp-card wp-account-card" aria-label={expression}>
      <header className="flex flex-wrap items-center justify-between gap-2">
        <h2>
          <Timing kind={kind} expression={expression} /> {paused && <Tag>{t('triggers.paused')}</Tag>}
        </h2>
        <span className="flex flex-wrap items-center gap-2">
          {TIMED.includes(kind) && <Backfill trigger={trigger} />}
          <Pause workflow={workflow} trigger={trigger} />
        </span>
      </header>
      <dl className="wp-facts">
        <div>
          <dt>{t('triggers.timezone')}</dt>
          <dd>{timezone}</dd>
        </div>
        <div>
          <dt>{t('triggers.misfire')}</dt>
          <dd>{t(`triggers.misfires.${misfire}`)}</dd>
        </div>
        <div>
          <dt>{t('triggers.overlap')}</dt>
          <dd>{t(`triggers.overlaps.${overlap}`)}</dd>
        </div>
      </dl>
      {webhook && <Hook path={webhook.path} secret={webhook.secret} />}
      {!paused && next_runs.length > 0 && (
        <div>
          <h3>{t('triggers.next')}</h3>
          <ol className="wp-ticks">
            {next_runs.slice(0, SHOWN).map((time) => (
              <li key={time}>
                <span className="wp-number">{local(time, timezone)}</span>{' '}
                <span className="wp-muted">
                  <When time={time} />
                </span>
              </li>
            ))}
          </ol>
        </div>
      )}
      <Ticks trigger={trigger.id} />
    </section>
  );
}

/** In the trigger's own zone, as its expression is meant. */
function local(time: string, timeZone: string): string {
  try {
    return new Date(time).toLocaleString('sv-SE', { timeZone });
  } catch {
    return new Date(time).toLocaleString('sv-SE');
  }
}

function Hook({ path, secret }: { path: string; secret?: string | null }) {
  const { t } = useTranslation();
  const [copied, copy] = useCopy();
  const address = `${window.location.origin}${path}`;
  return (
    <div>
      <h3>{t('triggers.address')}</h3>
      <code className="break-all">{address}</code>{' '}
      <button type="button" className="wp-link" onClick={() => copy(address)}>
        {t(copied ? 'common.copied' : 'common.copy')}
      </button>
      {secret && (
        <details>
          <summary className="wp-link">{t('triggers.secret')}</summary>
          <code className="wp-secret">{secret}</code>
        </details>
      )}
    </div>
  );
}

function Pause({ workflow, trigger }: { workflow: string; trigger: Trigger }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (on: boolean) => workflows.setTrigger(trigger.id, on ? 'resume' : 'pause'),
    onSettled: () => client.invalidateQueries({ queryKey: rareKeys.triggers.of(workflow) }),
  });
  return (
    <>
      <Switch
        aria-label={t('triggers.active', { name: trigger.expression })}
        checked={!trigger.paused}
        loading={change.isPending}
        onChange={(on) => change.mutate(on)}
      />
      {change.error && <ErrorNote error={change.error} />}
    </>
  );
}

const LOOKS: Record<Tick['outcome'], string> = {
  ran: 'succeeded',
  backfilled: 'succeeded',
  late: 'cancelled',
  coalesced: 'pending',
  skipped: 'pending',
  refused: 'failed',
};

/** Each due time and what became of it. */
function Ticks({ trigger }: { trigger: string }) {
  const { t } = useTranslation();
  const { items, table } = usePaged(rareKeys.triggers.ticks(trigger), (cursor) => workflows.ticks(trigger, cursor));
  const columns: Column<Tick>[] = [
    { key: 'due', title: t('triggers.due'), render: (row) => <When time={row.due_at} /> },
    {
      key: 'outcome',
      title: t('triggers.outcome'),
      render: (row) => (
        <span className={`wp-status wp-status-${LOOKS[row.outcome]}`}>{t(`triggers.outcomes.${row.outcome}`)}</span>
      ),
    },
    { key: 'detail', title: t('triggers.why'), wide: true, render: (row) => row.detail ?? '' },
    {
      key: 'execution',
      title: '',
      align: 'right',
      render: (row) =>
        row.execution_id && <Link to={`/executions/${row.execution_id}`}>{t('triggers.execution')}</Link>,
    },
  ];
  if (items?.length === 0) return <p className="wp-muted">{t('triggers.noTicks')}</p>;
  return (
    <DataTable
      label={t('triggers.ledger')}
      columns={columns}
      {...table}
      rowKey={(row) => `${row.due_at} ${row.event_id ?? ''}`}
    />
  );
}
