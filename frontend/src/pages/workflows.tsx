import { LinkButton } from '@/components/LinkButton';
import { PageHeader } from '@/components/PageHeader';
import { WorkflowTable } from '@/features/workflows/WorkflowTable';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';

export function Component() {
  const { t } = useTranslation();
  useTitle(t('nav.workflows'));
  return (
    <>
      <PageHeader
        title={t('nav.workflows')}
        extra={
          <>
            <LinkButton to="/workflows/templates">{t('workflows.templates')}</LinkButton>
            <LinkButton to="/workflows/new" primary>
              {t('workflows.create')}
            </LinkButton>
          </>
        }
      />
      <WorkflowTable />
    </>
  );
}
