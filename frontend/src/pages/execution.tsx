import { Tabs } from 'antd';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams, useSearchParams } from 'react-router';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNote } from '@/components/ErrorNote';
import { JsonView } from '@/components/JsonView';
import { LinkButton } from '@/components/LinkButton';
import { Note } from '@/components/Note';
import { Waiting } from '@/components/Waiting';
import { Answer } from '@/features/executions/Answer';
import { ExecutionHeader } from '@/features/executions/ExecutionHeader';
import { ItemDrawer } from '@/features/executions/items/ItemDrawer';
import { LogList } from '@/features/executions/LogList';
import { StepTable } from '@/features/executions/StepTable';
import { Timeline } from '@/features/executions/Timeline';
import { useExecution } from '@/hooks/use-execution';
import { useTitle } from '@/hooks/use-title';
import '@/locales/executions';
import { ApiError } from '@/services/api-error';
import { isOver } from '@/utils/status';

const Graph = lazy(() => import('@/features/executions/Graph'));

export function Component() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const { data, error, refetch, lost } = useExecution(id);
  useTitle(data?.definition_name);
  if (error instanceof ApiError && error.status === 404 && !data) return <Gone />;
  if (error && !data) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const tabs = [
    {
      key: 'steps',
      label: t('executions.steps'),
      children: <StepTable execution={id} over={isOver(data.status)} steps={data.steps} />,
    },
    {
      key: 'data',
      label: t('executions.data'),
      children: (
        <div className="wp-step-json">
          <JsonView label={t('executions.params')} value={data.params} />
          <JsonView label={t('executions.outputs')} value={data.outputs} />
        </div>
      ),
    },
    {
      key: 'timeline',
      label: t('executions.timeline'),
      children: <Timeline steps={data.steps} running={!isOver(data.status)} />,
    },
    {
      key: 'graph',
      label: t('executions.graph'),
      children: (
        <Suspense fallback={<Waiting />}>
          <Graph execution={data} />
        </Suspense>
      ),
    },
    {
      key: 'logs',
      label: t('executions.logs'),
      children: <LogList id={id} steps={data.steps.map((step) => step.id)} running={!isOver(data.status)} />,
    },
  ];
  return (
    <>
      {lost && (
        <p className="wp-lost" role="status">
          {t('executions.lost')}
        </p>
      )}
      <ExecutionHeader execution={data} />
      <div className="flex flex-col gap-3">
        {data.waiting_reason && <Note kind="info" title={data.waiting_reason} />}
        {data.steps
          .filter((step) => step.awaits_signal)
          .map((step) => (
            <Answer key={step.id} execution={id} step={step} />
          ))}
        {data.error && (
          <Note kind="error" title={data.error.message}>
            <span className="wp-muted">{[data.error.step, data.error.code].filter(Boolean).join(' · ')}</span>
          </Note>
        )}
      </div>
      <Tabs
        activeKey={search.get('tab') ?? 'steps'}
        onChange={(tab) => setSearch(tab === 'steps' ? {} : { tab }, { replace: true })}
        destroyOnHidden
        items={tabs}
      />
      <ItemDrawer
        execution={id}
        totals={Object.fromEntries(data.steps.map((step) => [step.id, step.items?.total ?? 0]))}
      />
    </>
  );
}

/** What names an execution may outlive it, and a step that was only tried had none. */
function Gone() {
  const { t } = useTranslation();
  return (
    <EmptyState title={t('executions.goneTitle')} text={t('executions.goneText')}>
      <LinkButton to="/executions">{t('executions.toAll')}</LinkButton>
    </EmptyState>
  );
}
