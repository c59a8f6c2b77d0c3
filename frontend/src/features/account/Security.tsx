import { AccountTabs } from '@/components/AccountTabs';
import { PageHeader } from '@/components/PageHeader';
import { SecurityCards } from '@/features/account/SecurityCards';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';

export function Security() {
  const { t } = useTranslation();
  useTitle(t('security.title'));
  return (
    <>
      <PageHeader title={t('security.title')} />
      <AccountTabs />
      <SecurityCards />
    </>
  );
}
