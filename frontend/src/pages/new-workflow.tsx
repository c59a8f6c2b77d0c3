import { useNavigate, useSearchParams } from 'react-router';
import { templateSource } from '@/features/workflows/templates';
import { WorkflowEditor } from '@/features/workflows/WorkflowEditor';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';

export function Component() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  useTitle(t('workflows.create'));
  return (
    <WorkflowEditor
      title={t('workflows.create')}
      saved=""
      initial={templateSource(search.get('template'))}
      onSaved={(saved) => void navigate(`/workflows/${saved.id}`, { replace: true })}
    />
  );
}
