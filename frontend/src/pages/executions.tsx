import { PageHeader } from '@/components/PageHeader';
import { ExecutionFilters } from '@/features/executions/ExecutionFilters';
import { ExecutionTable } from '@/features/executions/ExecutionTable';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';
import '@/locales/executions';

export function Component() {
  const { t } = useTranslation();
  useTitle(t('nav.executions'));
  return (
    <>
      <PageHeader title={t('nav.executions')} />
      <ExecutionFilters />
      <ExecutionTable />
    </>
  );
}
