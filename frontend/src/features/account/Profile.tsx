import { AccountTabs } from '@/components/AccountTabs';
import { PageHeader } from '@/components/PageHeader';
import { ProfileCards } from '@/features/account/ProfileCards';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';

export function Profile() {
  const { t } = useTranslation();
  useTitle(t('profile.title'));
  return (
    <>
      <PageHeader title={t('profile.title')} />
      <AccountTabs />
      <ProfileCards />
    </>
  );
}
