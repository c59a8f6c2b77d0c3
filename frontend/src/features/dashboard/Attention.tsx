import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { Link } from 'react-router';
import { ErrorNote } from '@/components/ErrorNote';
import { StatusTag } from '@/components/StatusTag';
import { When } from '@/components/When';
import { Approve } from '@/features/dashboard/Approve';
import { nearestOf, shareOf } from '@/features/dashboard/figures';
import { Panel } from '@/features/dashboard/Panel';
import { useRange, useUsage } from '@/features/dashboard/use-dashboard';
import { useCooling, usePools } from '@/features/dashboard/use-pools';
import { keys } from '@/hooks/keys';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { executions } from '@/services/executions';
import type { ExecutionSummary } from '@/types/api';

const SHOWN = 4;
const NEAR = 0.8;

const of = async (status: string) => (await executions.list({ status })).items.slice(0, SHOWN);

/** Runs that failed or wait, the newest first. */
const troubled = async () => {
  const all = await Promise.all(['failed', 'timed_out', 'waiting'].map(of));
  return all.flat().sort((one, other) => other.created_at.localeCompare(one.created_at));
};

/** What somebody should look at, with the way there. */
export function Attention() {
  const { t, i18n } = useTranslation();
  const [range] = useRange();
  const runs = useQuery({ queryKey: rareKeys.dashboard.troubled, queryFn: troubled, refetchInterval: 10_000 });
  const nearest = nearestOf(useUsage(range).data?.limits ?? []);
  const pools = (usePools().data ?? []).filter(({ states }) => states.quarantined > 0);
  const cooling = useCooling().data ?? [];
  const rows = runs.data && [
    ...(nearest && shareOf(nearest) >= NEAR
      ? [
          <li key="plan">
            <StatusTag status="cancelled" text={t('dashboard.limit')} />
            <Link to="/plan">
              {t('dashboard.near', {
                limit: t(`dashboard.limits.${nearest.limit}`, { defaultValue: nearest.limit }),
                share: shareOf(nearest).toLocaleString(i18n.language, { style: 'percent' }),
              })}
            </Link>
          </li>,
        ]
      : []),
    ...runs.data.map((run) => <Run key={run.id} run={run} />),
    ...pools.map(({ id, name, states }) => (
      <li key={id}>
        <StatusTag status="cancelled" text={t('nav.proxies')} />
        <Link to={`/proxies/${id}`}>{t('dashboard.quarantined', { name, count: states.quarantined })}</Link>
      </li>
    )),
    ...cooling.slice(0, SHOWN).map(({ pool, host }) => (
      <li key={`${pool} ${host.host}`}>
        <StatusTag status="waiting" text={t('dashboard.cooling')} />
        <span className="min-w-0 flex-1">
          <Link className="wp-name" to={`/proxies/${pool}?${new URLSearchParams({ tab: 'hosts', open: host.host })}`}>
            {host.host}
          </Link>{' '}
          {host.breaker.until && (
            <span className="wp-muted wp-hint">
              <When time={host.breaker.until} />
            </span>
          )}
        </span>
      </li>
    )),
  ];
  return (
    <Panel title={t('dashboard.attention')} query={runs} empty={t('dashboard.allWell')}>
      {rows}
    </Panel>
  );
}

function Run({ run: { id, status, definition_name, created_at, error } }: { run: ExecutionSummary }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const retry = useMutation({
    mutationFn: () => executions.retry(id),
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: rareKeys.dashboard.all });
      await client.invalidateQueries({ queryKey: keys.executions.all });
    },
  });
  return (
    <li>
      <StatusTag status={status} />
      <span className="min-w-0 flex-1">
        <Link className="wp-name" to={`/executions/${id}`}>
          {definition_name}
        </Link>{' '}
        <span className="wp-muted wp-hint">
          <When time={created_at} />
        </span>
        {error && <span className="wp-panel-more wp-muted">{error.message}</span>}
        {retry.error && <ErrorNote error={retry.error} />}
      </span>
      {status === 'waiting' && <Approve execution={id} name={definition_name} />}
      {status !== 'waiting' && (
        <Button
          size="small"
          loading={retry.isPending}
          aria-label={t('dashboard.retryOf', { name: definition_name })}
          onClick={() => retry.mutate()}
        >
          {t('dashboard.retry')}
        </Button>
      )}
    </li>
  );
}
