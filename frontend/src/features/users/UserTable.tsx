import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { When } from '@/components/When';
import { Standing } from '@/features/users/Standing';
import { UserDrawer } from '@/features/users/UserDrawer';
import { USER_FILTERS } from '@/features/users/UserFilters';
import { rareKeys } from '@/hooks/rare-keys';
import { useFilter } from '@/hooks/use-filter';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { users } from '@/services/users';
import type { ListedUser } from '@/types/api';

export function UserTable() {
  const { t } = useTranslation();
  const { filter, change, open } = useFilter(USER_FILTERS);
  const list = usePaged(rareKeys.users.list(filter), (cursor) => users.list(filter, cursor));
  const columns: Column<ListedUser>[] = [
    {
      key: 'name',
      title: t('people.username'),
      render: (row) => (
        <button type="button" className="wp-link wp-name" onClick={() => change('open', row.id)}>
          {row.username}
        </button>
      ),
    },
    { key: 'email', title: t('people.email'), wide: true, render: (row) => row.email },
    { key: 'role', title: t('people.role'), wide: true, render: (row) => t(`people.roles.${row.role}`) },
    { key: 'status', title: t('people.status'), render: (row) => <Standing status={row.status} /> },
    {
      key: 'login',
      title: t('people.lastLogin'),
      render: (row) =>
        row.last_login_at ? <When time={row.last_login_at} /> : <span className="wp-muted">{t('people.never')}</span>,
    },
    { key: 'created', title: t('people.created'), wide: true, render: (row) => <When time={row.created_at} /> },
  ];
  return (
    <>
      <DataTable
        label={t('nav.users')}
        columns={columns}
        {...list.table}
        rowKey={(row) => row.id}
        empty={<EmptyState title={t('people.noneTitle')} text={t('people.noneText')} />}
      />
      {open && <UserDrawer key={open} id={open} onClose={() => change('open')} />}
    </>
  );
}
