import { useTranslation } from 'react-i18next';
import { PageHeader } from '@/components/PageHeader';
import { DatasetTable } from '@/features/datasets/DatasetTable';
import { useTitle } from '@/hooks/use-title';

export function Component() {
  const { t } = useTranslation();
  useTitle(t('nav.data'));
  return (
    <>
      <PageHeader title={t('nav.data')} />
      <DatasetTable />
    </>
  );
}
