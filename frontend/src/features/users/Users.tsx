import { PageHeader } from '@/components/PageHeader';
import { UserFilters } from '@/features/users/UserFilters';
import { UserTable } from '@/features/users/UserTable';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';

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
