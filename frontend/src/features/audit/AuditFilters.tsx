import { DatePicker, Select } from 'antd';
import dayjs from 'dayjs';
import { TextFilters } from '@/components/TextFilters';
import { useFilter } from '@/hooks/use-filter';
import { useTranslation } from '@/hooks/use-translation';

export const AUDIT_FILTERS = ['actor', 'user', 'action', 'target', 'outcome', 'request_id', 'from', 'to'] as const;

const TEXTS = [
  { name: 'action', label: 'audit.byAction', maxLength: 60 },
  { name: 'user', label: 'audit.byUser', maxLength: 36 },
  { name: 'actor', label: 'audit.byActor', maxLength: 36 },
  { name: 'target', label: 'audit.byTarget', maxLength: 255 },
  { name: 'request_id', label: 'audit.byRequest', maxLength: 128 },
] as const;

/** Times stand in the address as instants, and in the fields as the clock on the wall has them. */
const local = (at: string | undefined) => (at && dayjs(at).isValid() ? dayjs(at) : null);

export function AuditFilters() {
  const { t } = useTranslation();
  const { filter, change } = useFilter(AUDIT_FILTERS);
  return (
    <search className="wp-filters">
      <TextFilters texts={TEXTS} filter={filter} change={change} />
      <Select
        allowClear
        aria-label={t('audit.outcome')}
        placeholder={t('audit.anyOutcome')}
        value={filter.outcome}
        onChange={(value) => change('outcome', value)}
        options={['success', 'failure', 'denied'].map((value) => ({ value, label: t(`audit.outcomes.${value}`) }))}
      />
      {(['from', 'to'] as const).map((name) => (
        <DatePicker
          key={name}
          showTime={{ format: 'HH:mm' }}
          format="YYYY-MM-DD HH:mm"
          aria-label={t(`audit.${name}`)}
          placeholder={t(`audit.${name}`)}
          value={local(filter[name])}
          onChange={(time) => change(name, time ? time.toISOString() : undefined)}
          disabledDate={(day) => day.isAfter(dayjs())}
        />
      ))}
    </search>
  );
}
