import { DatePicker, Input } from 'antd';
import dayjs from 'dayjs';
import { useFilter } from '@/hooks/use-filter';
import { useTranslation } from '@/hooks/use-translation';

export const PAGE_FILTERS = ['host', 'url_prefix', 'since', 'until'] as const;

export function PageFilters() {
  const { t } = useTranslation();
  const { filter, change } = useFilter(PAGE_FILTERS);
  const moment = (name: 'since' | 'until') => (
    <DatePicker
      showTime
      aria-label={t(`archive.${name}`)}
      placeholder={t(`archive.${name}`)}
      value={filter[name] ? dayjs(filter[name]) : null}
      onChange={(time) => change(name, time?.toISOString())}
    />
  );
  return (
    <search className="wp-filters">
      <Input.Search
        key={`host ${filter.host}`}
        allowClear
        aria-label={t('archive.host')}
        placeholder={t('archive.host')}
        defaultValue={filter.host}
        maxLength={300}
        onSearch={(text) => change('host', text.trim())}
      />
      <Input.Search
        key={`url ${filter.url_prefix}`}
        allowClear
        aria-label={t('archive.prefix')}
        placeholder={t('archive.prefix')}
        defaultValue={filter.url_prefix}
        maxLength={2000}
        onSearch={(text) => change('url_prefix', text.trim())}
      />
      {moment('since')}
      {moment('until')}
    </search>
  );
}
