import { useQuery } from '@tanstack/react-query';
import { Input, Select } from 'antd';
import { useSearchParams } from 'react-router';
import { SavedViews } from '@/features/executions/SavedViews';
import { TimeFilter } from '@/features/executions/TimeFilter';
import { keys } from '@/hooks/keys';
import { useTranslation } from '@/hooks/use-translation';
import type { ExecutionFilter } from '@/services/executions';
import { workflows } from '@/services/workflows';
import type { ExecutionOrigin } from '@/types/api';
import { EXECUTION_STATUSES } from '@/utils/status';

/** The filter as the address has it. */
export function useExecutionFilter(): [ExecutionFilter, (values: ExecutionFilter) => void] {
  const [search, setSearch] = useSearchParams();
  const filter = {
    status: search.get('status') ?? undefined,
    definition_id: search.get('definition_id') ?? undefined,
    trigger: search.get('trigger') ?? undefined,
    awaits_signal: search.get('awaits_signal') ?? undefined,
    label: search.get('label') ?? undefined,
    q: search.get('q') ?? undefined,
    created_from: search.get('created_from') ?? undefined,
    created_before: search.get('created_before') ?? undefined,
  };
  const change = (values: ExecutionFilter) =>
    setSearch((current) => {
      for (const [name, value] of Object.entries(values)) {
        if (value) current.set(name, value);
        else current.delete(name);
      }
      return current;
    });
  return [filter, change];
}

/** Some of those that wait: for somebody, and not for a time. */
const AWAITS = 'awaits';

/** What may have started a run of its own. */
const ORIGINS: ExecutionOrigin[] = [
  'manual',
  'schedule',
  'backfill',
  'webhook',
  'event',
  'automation',
  'workflow',
  'rerun',
];
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
        onSearch={(text) => change({ q: text.trim() })}
      />
      <Select
        allowClear
        aria-label={t('executions.status')}
        placeholder={t('executions.anyStatus')}
        value={filter.awaits_signal === 'true' ? AWAITS : filter.status}
        onChange={(value) =>
          change(
            value === AWAITS
              ? { status: undefined, awaits_signal: 'true' }
              : { status: value, awaits_signal: undefined },
          )
        }
        options={[...EXECUTION_STATUSES, AWAITS].map((value) => ({ value, label: t(`status.${value}`) }))}
      />
      <Select
        allowClear
        showSearch={{ optionFilterProp: 'label' }}
        aria-label={t('executions.workflow')}
        placeholder={t('executions.anyWorkflow')}
        value={filter.definition_id}
        onChange={(value) => change({ definition_id: value })}
        options={names.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
      />
      <Select
        allowClear
        aria-label={t('executions.trigger')}
        placeholder={t('executions.anyTrigger')}
        value={filter.trigger}
        onChange={(value) => change({ trigger: value })}
        options={ORIGINS.map((value) => ({ value, label: t(`executions.origins.${value}`) }))}
      />
      <Input.Search
        key={`label ${filter.label}`}
        allowClear
        aria-label={t('executions.label')}
        placeholder={t('executions.label')}
        maxLength={200}
        defaultValue={filter.label}
        onSearch={(text) => change({ label: text.trim() })}
      />
      <TimeFilter
        from={filter.created_from}
        before={filter.created_before}
        onChange={(created_from, created_before) => change({ created_from, created_before })}
      />
      <SavedViews />
    </search>
  );
}
