import { Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { useParams, useSearchParams } from 'react-router';
import { ErrorNote } from '@/components/ErrorNote';
import { JsonView } from '@/components/JsonView';
import { Note } from '@/components/Note';
import { Waiting } from '@/components/Waiting';
import { ExecutionHeader } from '@/features/executions/ExecutionHeader';
import { LogList } from '@/features/executions/LogList';
import { StepTable } from '@/features/executions/StepTable';
import { useExecution } from '@/hooks/use-execution';
import { useTitle } from '@/hooks/use-title';
import '@/locales/executions';

export function Component() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const { data, error, refetch, lost } = useExecution(id);
  useTitle(data?.definition_name);
  if (error && !data) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const tabs = [
    { key: 'steps', label: t('executions.steps'), children: <StepTable steps={data.steps} /> },
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
    { key: 'logs', label: t('executions.logs'), children: <LogList id={id} /> },
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
        {data.error && (
          <Note kind="error" title={data.error.message}>
            <span className="wp-muted">{[data.error.step, data.error.code].filter(Boolean).join(' · ')}</span>
          </Note>
        )}
      </div>
      <Tabs
        activeKey={search.get('tab') ?? 'steps'}
        onChange={(tab) => setSearch(tab === 'steps' ? {} : { tab }, { replace: true })}
        items={tabs}
      />
    </>
  );
}
