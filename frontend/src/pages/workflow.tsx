import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { ErrorNote } from '@/components/ErrorNote';
import { LinkButton } from '@/components/LinkButton';
import { RunButton } from '@/components/RunButton';
import { Waiting } from '@/components/Waiting';
import { When } from '@/components/When';
import { DeleteWorkflow } from '@/features/workflows/DeleteWorkflow';
import { WorkflowEditor } from '@/features/workflows/WorkflowEditor';
import { keys } from '@/hooks/keys';
import { useTitle } from '@/hooks/use-title';
import { workflows } from '@/services/workflows';

export function Component() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const { data, error, refetch } = useQuery({ queryKey: keys.workflows.one(id), queryFn: () => workflows.show(id) });
  useTitle(data?.name);
  if (error && !data) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  return (
    <WorkflowEditor
      key={id}
      id={id}
      title={data.name}
      note={
        <>
          {t('workflows.versionLong', { version: data.version })} · <When time={data.updated_at} />
        </>
      }
      saved={data.source}
      extra={(dirty) => (
        <>
          <DeleteWorkflow id={id} name={data.name} />
          <LinkButton to={`/executions?definition_id=${id}`}>{t('workflows.executions')}</LinkButton>
          <RunButton id={id} name={data.name} disabled={dirty} />
        </>
      )}
    />
  );
}
