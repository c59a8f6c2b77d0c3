import { useQuery } from '@tanstack/react-query';
import { Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { SavedViews } from '@/features/executions/SavedViews';
import { keys } from '@/hooks/keys';
import type { ExecutionFilter } from '@/services/executions';
import { workflows } from '@/services/workflows';
import { EXECUTION_STATUSES } from '@/utils/status';

/** The filter as the address has it. */
export function useExecutionFilter(): [ExecutionFilter, (name: keyof ExecutionFilter, value?: string) => void] {
  const [search, setSearch] = useSearchParams();
  const filter = {
    status: search.get('status') ?? undefined,
    definition_id: search.get('definition_id') ?? undefined,
    label: search.get('label') ?? undefined,
    q: search.get('q') ?? undefined,
    created_from: search.get('created_from') ?? undefined,
    created_before: search.get('created_before') ?? undefined,
  };
  const change = (name: keyof ExecutionFilter, value?: string) =>
    setSearch((current) => {
      if (value) current.set(name, value);
      else current.delete(name);
      return current;
    });
  return [filter, change];
}

const SINCE = [1, 7, 30];
const DAY = 24 * 3600 * 1000;

/** The beginning of the day so many days before tomorrow: an address with it means the same all day. */
const dayOf = (days: number) => `${new Date(Date.now() - (days - 1) * DAY).toISOString().slice(0, 10)}T00:00:00Z`;

export function ExecutionFilters() {
  const { t } = useTranslation();
  const [filter, change] = useExecutionFilter();
  const names = useQuery({
    queryKey: [...keys.workflows.all, 'names'],
    queryFn: () => workflows.list(undefined, 200),
  });
  return (
    <search className="wp-filters">
      <Input.Search
        key={filter.q}
        allowClear
        aria-label={t('executions.search')}
        placeholder={t('executions.search')}
        maxLength={200}
        defaultValue={filter.q}
        onSearch={(text) => change('q', text.trim())}
      />
      <Select
        allowClear
        aria-label={t('executions.status')}
        placeholder={t('executions.anyStatus')}
        value={filter.status}
        onChange={(value) => change('status', value)}
        options={EXECUTION_STATUSES.map((value) => ({ value, label: t(`status.${value}`) }))}
      />
      <Select
        allowClear
        showSearch={{ optionFilterProp: 'label' }}
        aria-label={t('executions.workflow')}
        placeholder={t('executions.anyWorkflow')}
        value={filter.definition_id}
        onChange={(value) => change('definition_id', value)}
        options={names.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
      />
      <Input.Search
        key={`label ${filter.label}`}
        allowClear
        aria-label={t('executions.label')}
        placeholder={t('executions.label')}
        maxLength={200}
        defaultValue={filter.label}
        onSearch={(text) => change('label', text.trim())}
      />
      <Select
        allowClear
        aria-label={t('executions.since')}
        placeholder={t('executions.since')}
        value={SINCE.find((days) => filter.created_from === dayOf(days))}
        onChange={(days?: number) => change('created_from', days === undefined ? undefined : dayOf(days))}
        options={SINCE.map((days) => ({ value: days, label: t('executions.sinceDays', { count: days }) }))}
      />
      <SavedViews />
    </search>
  );
}
