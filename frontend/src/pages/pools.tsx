import { useTranslation } from 'react-i18next';
import { PageHeader } from '@/components/PageHeader';
import { CreatePool } from '@/features/proxies/CreatePool';
import { PoolTable } from '@/features/proxies/PoolTable';
import { useTitle } from '@/hooks/use-title';
import '@/locales/proxies';

export function Component() {
  const { t } = useTranslation();
  useTitle(t('nav.proxies'));
  return (
    <>
      <PageHeader title={t('nav.proxies')} extra={<CreatePool />} />
      <PoolTable />
    </>
  );
}
