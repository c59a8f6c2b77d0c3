import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { Link } from 'react-router';
import { ErrorNote } from '@/components/ErrorNote';
import { LinkButton } from '@/components/LinkButton';
import { StatusTag } from '@/components/StatusTag';
import { When } from '@/components/When';
import { Approve } from '@/features/dashboard/Approve';
import { nearestOf, shareOf } from '@/features/dashboard/figures';
import { Panel } from '@/features/dashboard/Panel';
import { useRange, useUsage } from '@/features/dashboard/use-dashboard';
import { useCooling, usePools } from '@/features/dashboard/use-pools';
import { useTroubled } from '@/features/dashboard/use-troubled';
import { keys } from '@/hooks/keys';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { executions } from '@/services/executions';
import type { ExecutionSummary } from '@/types/api';
import { awaitedName } from '@/utils/awaited';

const SHOWN = 4;
const NEAR = 0.8;

/** What somebody should look at, with the way there. */
export function Attention() {
  const { t, i18n } = useTranslation();
  const [range] = useRange();
  const runs = useTroubled();
  const nearest = nearestOf(useUsage(range).data?.limits ?? []);
  const pools = (usePools().data ?? []).filter(({ states }) => states.quarantined > 0);
  const cooling = useCooling().data ?? [];
  const rows = runs.data && [
    ...(nearest && shareOf(nearest) >= NEAR
      ? [
          <li key="plan">
            <StatusTag status="cancelled" text={t('dashboard.limit')} />
            <span className="min-w-0 flex-1">
              {t('dashboard.near', {
                limit: t(`dashboard.limits.${nearest.limit}`, { defaultValue: nearest.limit }),
                share: shareOf(nearest).toLocaleString(i18n.language, { style: 'percent' }),
              })}
            </span>
            <LinkButton small to="/plan">
              {t('dashboard.toPlan')}
            </LinkButton>
          </li>,
        ]
      : []),
    ...runs.data.map((run) => <Run key={run.id} run={run} />),
    ...pools.map(({ id, name, states }) => (
      <li key={id}>
        <StatusTag status="cancelled" text={t('nav.proxies')} />
        <Link className="wp-name min-w-0 flex-1" to={`/proxies/${id}`}>
          {t('dashboard.quarantined', { name, count: states.quarantined })}
        </Link>
        <LinkButton small to={`/proxies/${id}?tab=tests`}>
          {t('dashboard.toTests')}
        </LinkButton>
      </li>
    )),
    ...cooling.slice(0, SHOWN).map(({ pool, host }) => (
      <li key={`${pool} ${host.host}`}>
        <StatusTag status="waiting" text={t('dashboard.cooling')} />
        <span className="min-w-0 flex-1">
          <span className="wp-name">{host.host}</span>{' '}
          {host.breaker.until && (
            <span className="wp-muted wp-hint">
              <When time={host.breaker.until} />
            </span>
          )}
        </span>
        <LinkButton small to={`/proxies/${pool}?${new URLSearchParams({ tab: 'hosts', open: host.host })}`}>
          {t('dashboard.toHost')}
        </LinkButton>
      </li>
    )),
  ];
  return (
    <Panel title={t('dashboard.attention')} query={runs} empty={t('dashboard.allWell')}>
      {rows}
    </Panel>
  );
}

function Run({ run: { id, status, definition_name, created_at, error, awaits } }: { run: ExecutionSummary }) {
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
      <StatusTag status={status} text={awaits ? t('status.awaits') : undefined} />
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
      {awaits ? (
        <Approve key={awaitedName(awaits)} execution={id} name={definition_name} awaited={awaits} />
      ) : (
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
