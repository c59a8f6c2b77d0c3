import { Input, Select } from 'antd';
import { useFilter } from '@/hooks/use-filter';
import { useTranslation } from '@/hooks/use-translation';

export const USER_FILTERS = ['search', 'status', 'role', 'sort'] as const;

export function UserFilters() {
  const { t } = useTranslation();
  const { filter, change } = useFilter(USER_FILTERS);
  const choices = (names: string[], texts: string) => names.map((value) => ({ value, label: t(`${texts}.${value}`) }));
  return (
    <search className="wp-filters">
      <Input.Search
        allowClear
        aria-label={t('people.search')}
        placeholder={t('people.search')}
        defaultValue={filter.search}
        maxLength={254}
        onSearch={(text) => change('search', text.trim())}
      />
      <Select
        allowClear
        aria-label={t('people.status')}
        placeholder={t('people.anyStatus')}
        value={filter.status}
        onChange={(value) => change('status', value)}
        options={choices(['active', 'suspended', 'deleting', 'deleted'], 'people.statuses')}
      />
      <Select
        allowClear
        aria-label={t('people.role')}
        placeholder={t('people.anyRole')}
        value={filter.role}
        onChange={(value) => change('role', value)}
        options={choices(['user', 'admin', 'super_admin'], 'people.roles')}
      />
      <Select
        aria-label={t('people.sort')}
        value={filter.sort ?? 'created_at'}
        onChange={(value) => change('sort', value === 'created_at' ? undefined : value)}
        options={choices(['created_at', 'last_login_at', 'username'], 'people.sorts')}
      />
    </search>
  );
}
