import { LinkButton } from '@/components/LinkButton';
import { PageHeader } from '@/components/PageHeader';
import { CreateDataset } from '@/features/datasets/CreateDataset';
import { DatasetCards } from '@/features/datasets/DatasetCards';
import { ImportFile } from '@/features/datasets/ImportFile';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';
import '@/locales/data';

export function Component() {
  const { t } = useTranslation();
  useTitle(t('nav.data'));
  return (
    <>
      <PageHeader
        title={t('nav.data')}
        extra={
          <>
            <LinkButton to="/archive">{t('data.archive')}</LinkButton>
            <LinkButton to="/files">{t('data.files')}</LinkButton>
            <ImportFile />
            <CreateDataset />
          </>
        }
      />
      <DatasetCards />
    </>
  );
}
