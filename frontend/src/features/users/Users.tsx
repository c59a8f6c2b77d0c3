import { useTranslation } from 'react-i18next';
import { PageHeader } from '@/components/PageHeader';
import { UserFilters } from '@/features/users/UserFilters';
import { UserTable } from '@/features/users/UserTable';
import { useTitle } from '@/hooks/use-title';

export function Users() {
  const { t } = useTranslation();
  useTitle(t('nav.users'));
  return (
    <>
      <PageHeader title={t('nav.users')} />
      <UserFilters />
      <UserTable />
    </>
  );
}
