import { Tabs } from 'antd';
import { lazy, Suspense } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNote } from '@/components/ErrorNote';
import { JsonView } from '@/components/JsonView';
import { LinkButton } from '@/components/LinkButton';
import { Note } from '@/components/Note';
import { Waiting } from '@/components/Waiting';
import { AnswerStep } from '@/features/executions/Answer';
import { Costs } from '@/features/executions/Costs';
import { ExecutionHeader } from '@/features/executions/ExecutionHeader';
import { ItemDrawer } from '@/features/executions/items/ItemDrawer';
import { LogList } from '@/features/executions/LogList';
import { Overview } from '@/features/executions/Overview';
import { StepTable } from '@/features/executions/StepTable';
import { Written } from '@/features/executions/Written';
import { useExecution } from '@/hooks/use-execution';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';
import '@/locales/executions';
import { ApiError } from '@/services/api-error';
import { localTimes } from '@/utils/format';
import { isOver } from '@/utils/status';

const Journal = lazy(() => import('@/features/executions/journal/Journal').then((it) => ({ default: it.Journal })));

/** The tab that is open unless the address names another. */
const FIRST = 'overview';

/** Filters belong to their tab; the step that is looked at does not. */
function searchOf(tab: string, step: string | null): URLSearchParams {
  const search = new URLSearchParams();
  if (tab !== FIRST) search.set('tab', tab);
  if (step !== null && ['overview', 'steps'].includes(tab)) search.set('step', step);
  return search;
}

export function Component() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const { data, error, refetch, lost } = useExecution(id);
  useTitle(data?.definition_name);
  if (error instanceof ApiError && error.status === 404 && !data) return <Gone />;
  if (error && !data) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const running = !isOver(data.status);
  const steps = data.steps.map((step) => step.id);
  const tabs = [
    { key: 'overview', label: t('executions.overview'), children: <Overview execution={data} /> },
    {
      key: 'steps',
      label: t('executions.steps'),
      children: <StepTable execution={id} over={!running} steps={data.steps} />,
    },
    { key: 'logs', label: t('executions.logs'), children: <LogList id={id} steps={steps} running={running} /> },
    {
      key: 'data',
      label: t('executions.data'),
      children: (
        <div className="flex flex-col gap-3">
          <Written id={id} running={running} />
          <div className="wp-step-json">
            <JsonView label={t('executions.params')} value={data.params} />
            <JsonView label={t('executions.outputs')} value={data.outputs} />
          </div>
        </div>
      ),
    },
    {
      key: 'journal',
      label: t('executions.journal'),
      children: (
        <Suspense fallback={<Waiting />}>
          <Journal id={id} steps={steps} last={data.last_event} />
        </Suspense>
      ),
    },
    { key: 'cost', label: t('executions.cost'), children: <Costs execution={data} /> },
  ];
  const asked = search.get('tab') ?? FIRST;
  const open = tabs.some(({ key }) => key === asked) ? asked : FIRST;
  return (
    <>
      {lost && (
        <p className="wp-lost" role="status">
          {t('executions.lost')}
        </p>
      )}
      <ExecutionHeader execution={data} />
      <div className="flex flex-col gap-3">
        {data.waiting_reason && <Note kind="info" title={localTimes(data.waiting_reason)} />}
        {data.steps
          .filter((step) => step.awaits_signal)
          .map((step) => (
            <AnswerStep key={`${step.id} ${step.awaits_item}`} execution={id} step={step} />
          ))}
        {data.error && (
          <Note kind="error" title={data.error.message}>
            <span className="wp-muted">{[data.error.step, data.error.code].filter(Boolean).join(' · ')}</span>
          </Note>
        )}
      </div>
      <Tabs
        className="wp-tabs-close"
        activeKey={open}
        onChange={(tab) => setSearch((current) => searchOf(tab, current.get('step')), { replace: true })}
        destroyOnHidden
        items={tabs}
      />
      <ItemDrawer execution={id} steps={data.steps} />
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
