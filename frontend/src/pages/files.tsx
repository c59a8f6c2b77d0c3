import { PageHeader } from '@/components/PageHeader';
import { FileTable } from '@/features/files/FileTable';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';
import '@/locales/files';

export function Component() {
  const { t } = useTranslation();
  useTitle(t('files.title'));
  return (
    <>
      <PageHeader parent={{ to: '/data', text: t('nav.data') }} title={t('files.title')} />
      <FileTable />
    </>
  );
}
