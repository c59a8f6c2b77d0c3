import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
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
  };
  const change = (name: keyof ExecutionFilter, value?: string) =>
    setSearch((current) => {
      if (value) current.set(name, value);
      else current.delete(name);
      return current;
    });
  return [filter, change];
}

export function ExecutionFilters() {
  const { t } = useTranslation();
  const [filter, change] = useExecutionFilter();
  const names = useQuery({
    queryKey: [...keys.workflows.all, 'names'],
    queryFn: () => workflows.list(undefined, 200),
  });
  return (
    <search className="wp-filters">
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
    </search>
  );
}
