import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import { AskOnce } from '@/components/AskOnce';
import { CopyId } from '@/components/CopyId';
import { Lasted } from '@/components/Lasted';
import { PageHeader } from '@/components/PageHeader';
import { RunButton } from '@/components/RunButton';
import { StatusTag } from '@/components/StatusTag';
import { When } from '@/components/When';
import { Rerun, Retry } from '@/features/executions/Again';
import { archived } from '@/features/executions/Costs';
import { Origin } from '@/features/executions/Origin';
import { keys } from '@/hooks/keys';
import { useTranslation } from '@/hooks/use-translation';
import { executions } from '@/services/executions';
import type { ExecutionDetail } from '@/types/api';
import { duration } from '@/utils/format';
import { size } from '@/utils/size';
import { isOver } from '@/utils/status';

/** What the run used of what is scarce; nothing of a run that used nothing. */
function Used({ execution: { cost, started_at, finished_at } }: { execution: ExecutionDetail }) {
  const { t } = useTranslation();
  const { pages, bytes, proxy_bytes, cpu_ms } = cost;
  const parts = [
    pages > 0 && t('executions.usedPages', { count: pages }),
    bytes > 0 && size(bytes),
    proxy_bytes > 0 && t('executions.usedProxy', { bytes: size(proxy_bytes) }),
    cpu_ms > 0 && t('executions.usedCpu', { time: duration(cpu_ms) }),
  ].filter(Boolean);
  if (parts.length === 0) return null;
  return (
    <div>
      <dt>{t('executions.used')}</dt>
      <dd>
        <Link to={{ search: 'tab=cost' }}>{parts.join(' · ')}</Link>
        {pages > 0 && started_at && (
          <>
            {' · '}
            <Link to={archived(started_at, finished_at)}>{t('executions.archived')}</Link>
          </>
        )}
      </dd>
    </div>
  );
}

/** Words to find it by; each leads to the others that have it. */
function Labels({ labels }: { labels: Record<string, string> }) {
  const { t } = useTranslation();
  const all = Object.entries(labels).map(([name, value]) => `${name}:${value}`);
  if (all.length === 0) return null;
  return (
    <div>
      <dt>{t('executions.labels')}</dt>
      <dd className="wp-labels">
        {all.map((label) => (
          <Link key={label} to={`/executions?${new URLSearchParams({ label })}`}>
            {label}
          </Link>
        ))}
      </dd>
    </div>
  );
}

export function ExecutionHeader({ execution }: { execution: ExecutionDetail }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { id, status, definition_id, definition_name, version } = execution;
  const cancel = useMutation({
    mutationFn: () => executions.cancel(id),
    onSettled: () => client.invalidateQueries({ queryKey: keys.executions.one(id) }),
  });
  const over = isOver(status);
  return (
    <>
      <PageHeader
        parent={{ to: '/executions', text: t('nav.executions') }}
        title={
          <span className="flex flex-wrap items-center gap-3">
            <Link to={`/workflows/${definition_id}`}>{definition_name}</Link>
            <StatusTag status={status} />
          </span>
        }
        extra={
          over ? (
            <>
              <RunButton id={definition_id} name={definition_name} />
              <Rerun id={id} />
              {status !== 'succeeded' && <Retry id={id} />}
            </>
          ) : (
            <AskOnce
              danger
              button={t('executions.cancel')}
              title={t('executions.cancelTitle', { name: definition_name })}
              text={t('executions.cancelText')}
              leave={t('executions.goOn')}
              action={cancel}
            />
          )
        }
      />
      <dl className="wp-facts">
        <div>
          <dt>{t('workflows.version')}</dt>
          <dd>
            <Link to={`/workflows/${definition_id}?tab=versions`}>v{version}</Link>
          </dd>
        </div>
        <div>
          <dt>{t('executions.trigger')}</dt>
          <dd>
            <Origin execution={execution} />
          </dd>
        </div>
        <div>
          <dt>{t('executions.started')}</dt>
          <dd>
            <When time={execution.started_at} />
          </dd>
        </div>
        <div>
          <dt>{t('executions.duration')}</dt>
          <dd>
            <Lasted start={execution.started_at} end={execution.finished_at} running={!over} />
          </dd>
        </div>
        <Used execution={execution} />
        <Labels labels={execution.labels} />
        <div>
          <dt>{t('executions.id')}</dt>
          <dd>
            <CopyId id={id} />
          </dd>
        </div>
      </dl>
    </>
  );
}
