import { Button, Checkbox, Popover } from 'antd';
import { shownColumns, useRecordQuery } from '@/features/datasets/filter';
import { useTranslation } from '@/hooks/use-translation';
import type { Dataset } from '@/types/api';

/** Which columns the table shows; an address with the choice can be passed on. */
export function ColumnChoice({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation();
  const { query, change } = useRecordQuery();
  const { columns } = dataset;
  // A name with a comma cannot be told from two in a list.
  const choosable = columns.filter(({ name }) => !name.includes(','));
  const shown = shownColumns(columns, query.columns).map(({ name }) => name);
  const choose = (names: string[]) =>
    change('columns', names.length === 0 || names.length === columns.length ? undefined : names.join(','));
  const list = (
    <Checkbox.Group
      className="wp-scopes"
      value={shown}
      onChange={choose}
      options={choosable.map(({ name, label }) => ({ value: name, label: label ?? name }))}
    />
  );
  return (
    <Popover trigger="click" placement="bottomRight" content={<div className="wp-choice">{list}</div>}>
      <Button>
        {t('dataset.shown')} <span className="wp-muted">{`${shown.length}/${columns.length}`}</span>
      </Button>
    </Popover>
  );
}
