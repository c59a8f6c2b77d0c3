import { Button, DatePicker, Input, Select, Tag } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { ColumnChoice } from '@/features/datasets/ColumnChoice';
import { OPERATORS, type Operator, read, typed, useRecordQuery, write } from '@/features/datasets/filter';
import { useTranslation } from '@/hooks/use-translation';
import type { Dataset } from '@/types/api';

const EMPTY = { field: undefined as string | undefined, operator: 'eq' as Operator, text: '' };

/** Times to choose from, in days before now. */
const DAYS = [1, 7, 30];

/** Search, and tests of fields; and which of them are shown, where there is a `choice`. */
export function RecordFilters({ dataset, choice }: { dataset: Dataset; choice: boolean }) {
  const { t } = useTranslation();
  const { query, change, since } = useRecordQuery();
  const [draft, setDraft] = useState(EMPTY);
  const conditions = read(query.filter);
  const bare = draft.operator === 'null' || draft.operator === 'notNull';
  const add = () => {
    if (!draft.field) return;
    const column = dataset.columns.find(({ name }) => name === draft.field);
    const value = bare ? null : typed(draft.text, draft.operator, column);
    change('filter', write([...(conditions ?? []), { field: draft.field, operator: draft.operator, value }]));
    setDraft(EMPTY);
  };
  return (
    <div className="flex flex-col gap-2 pb-3">
      <search className="wp-filters">
        <Input.Search
          key={query.search}
          allowClear
          aria-label={t('dataset.search')}
          placeholder={t('dataset.search')}
          maxLength={100}
          defaultValue={query.search}
          onSearch={(text) => change('search', text.trim())}
        />
        <Select
          showSearch
          aria-label={t('dataset.field')}
          placeholder={t('dataset.field')}
          value={draft.field}
          onChange={(field: string) => setDraft({ ...draft, field })}
          options={dataset.columns.map(({ name, label }) => ({ value: name, label: label ?? name }))}
        />
        <Select
          aria-label={t('dataset.operator')}
          value={draft.operator}
          onChange={(operator) => setDraft({ ...draft, operator })}
          options={OPERATORS.map((value) => ({ value, label: t(`dataset.operators.${value}`) }))}
        />
        {!bare && (
          <Input
            aria-label={t('dataset.value')}
            placeholder={t(draft.operator === 'in' ? 'dataset.inHelp' : 'dataset.value')}
            maxLength={300}
            value={draft.text}
            onChange={(event) => setDraft({ ...draft, text: event.target.value })}
            onPressEnter={add}
          />
        )}
        <Button onClick={add} disabled={!draft.field || (!bare && draft.text === '')}>
          {t('dataset.add')}
        </Button>
        {choice && (
          <DatePicker
            showTime={{ format: 'HH:mm' }}
            format="YYYY-MM-DD HH:mm"
            aria-label={t('dataset.since.label')}
            placeholder={t('dataset.since.label')}
            value={since && dayjs(since).isValid() ? dayjs(since) : null}
            onChange={(time) => change('since', time ? time.toISOString() : undefined)}
            disabledDate={(day) => day.isAfter(dayjs())}
            presets={DAYS.map((days) => ({
              label: t('dataset.since.days', { count: days }),
              value: () => dayjs().subtract(days, 'day'),
            }))}
          />
        )}
        {choice && dataset.columns.length > 1 && <ColumnChoice dataset={dataset} />}
      </search>
      <Chosen dataset={dataset} />
    </div>
  );
}

/** The tests under way; each can be taken away. */
function Chosen({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation();
  const { query, change } = useRecordQuery();
  const conditions = read(query.filter);
  if (conditions === null) return <p className="wp-muted">{t('dataset.badFilter')}</p>;
  if (conditions.length === 0) return null;
  return (
    <div className="flex flex-wrap items-center gap-1">
      {conditions.map((condition, place) => {
        const { field, operator, value } = condition;
        const name = dataset.columns.find((column) => column.name === field)?.label ?? field;
        const shown = operator === 'null' || operator === 'notNull' ? '' : ` ${String(value)}`;
        const text = `${name} ${t(`dataset.operators.${operator}`)}${shown}`;
        return (
          <Tag
            key={text}
            closable={{ 'aria-label': t('dataset.remove', { text }) }}
            onClose={() => change('filter', write(conditions.filter((_, other) => other !== place)))}
          >
            {text}
          </Tag>
        );
      })}
      <Button type="link" size="small" onClick={() => change('filter')}>
        {t('dataset.clear')}
      </Button>
    </div>
  );
}
