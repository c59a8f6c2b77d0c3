import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import { ErrorNote } from '@/components/ErrorNote';
import { LinkButton } from '@/components/LinkButton';
import { PageHeader } from '@/components/PageHeader';
import { RunButton } from '@/components/RunButton';
import { Waiting } from '@/components/Waiting';
import { When } from '@/components/When';
import { DeleteWorkflow } from '@/features/workflows/DeleteWorkflow';
import { TriggerList } from '@/features/workflows/TriggerList';
import { Versions } from '@/features/workflows/Versions';
import { WorkflowEditor } from '@/features/workflows/WorkflowEditor';
import { keys } from '@/hooks/keys';
import { useFilter } from '@/hooks/use-filter';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';
import '@/locales/triggers';
import { workflows } from '@/services/workflows';

const TABS = ['editor', 'triggers', 'versions'] as const;

export function Component() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const { data, error, refetch } = useQuery({ queryKey: keys.workflows.one(id), queryFn: () => workflows.show(id) });
  const { filter, change } = useFilter(['tab', 'open'] as const);
  const [seen, setSeen] = useState(false);
  useTitle(data?.name);
  if (error && !data) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const tab = TABS.find((one) => one === filter.tab) ?? 'editor';
  const tabs = (
    <nav className="wp-segments wp-segments-many" aria-label={t('workflows.sections')}>
      {TABS.map((one) => (
        <button
          key={one}
          type="button"
          aria-pressed={one === tab}
          onClick={() => change('tab', one === 'editor' ? undefined : one)}
        >
          {t(`workflows.tabs.${one}`)}
        </button>
      ))}
    </nav>
  );
  // Once it was shown the editor stays, so that what was written in it does.
  const editing = tab === 'editor';
  if (editing && !seen) setSeen(true);
  return (
    <>
      {!editing && (
        <>
          <PageHeader
            parent={{ to: '/workflows', text: t('nav.workflows') }}
            title={data.name}
            note={t('workflows.versionLong', { version: data.version })}
            extra={<RunButton id={id} name={data.name} />}
          />
          {tabs}
        </>
      )}
      {tab === 'triggers' && <TriggerList id={id} />}
      {tab === 'versions' && <Versions id={id} newest={data.version} />}
      {(editing || seen) && (
        <div className={editing ? 'wp-editor' : 'hidden'}>
          <WorkflowEditor
            tabs={tabs}
            key={id}
            id={id}
            title={data.name}
            note={
              <>
                {t('workflows.versionLong', { version: data.version })} · <When time={data.updated_at} />
              </>
            }
            saved={data.source}
            version={data.version}
            extra={(dirty) => (
              <>
                <DeleteWorkflow id={id} name={data.name} />
                <LinkButton to={`/executions?definition_id=${id}`}>{t('workflows.executions')}</LinkButton>
                <RunButton id={id} name={data.name} disabled={dirty} />
              </>
            )}
          />
        </div>
      )}
    </>
  );
}
