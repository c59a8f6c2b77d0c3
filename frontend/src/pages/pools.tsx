import { PageHeader } from '@/components/PageHeader';
import { CreatePool } from '@/features/proxies/CreatePool';
import { PoolTable } from '@/features/proxies/PoolTable';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';
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
