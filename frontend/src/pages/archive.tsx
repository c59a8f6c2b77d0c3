import { PageHeader } from '@/components/PageHeader';
import { PageFilters } from '@/features/archive/PageFilters';
import { PageTable } from '@/features/archive/PageTable';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';
import '@/locales/archive';

export function Component() {
  const { t } = useTranslation();
  useTitle(t('archive.title'));
  return (
    <>
      <PageHeader parent={{ to: '/data', text: t('nav.data') }} title={t('archive.title')} note={t('archive.note')} />
      <PageFilters />
      <PageTable />
    </>
  );
}
