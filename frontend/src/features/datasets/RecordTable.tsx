import { useTranslation } from 'react-i18next';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { keys } from '@/hooks/keys';
import { usePaged } from '@/hooks/use-paged';
import { datasets } from '@/services/datasets';
import type { Dataset, Json, JsonObject } from '@/types/api';

function Value({ value }: { value: Json | undefined }) {
  const { i18n } = useTranslation();
  if (value === null || value === undefined) return <span className="wp-muted">–</span>;
  if (typeof value === 'number')
    return (
      <span className="wp-number">
        {value.toLocaleString(i18n.language, { useGrouping: false, maximumFractionDigits: 20 })}
      </span>
    );
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return (
    <span className="wp-clip" title={text}>
      {text}
    </span>
  );
}

const isNumber = (type: string) => type === 'integer' || type === 'number';

export function RecordTable({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation();
  const { name } = dataset;
  const { items, error, retry, more, loadingMore } = usePaged(keys.datasets.records(name), (cursor) =>
    datasets.records(name, cursor),
  );
  const columns: Column<JsonObject>[] = dataset.columns.map((column) => ({
    key: column.name,
    title: column.name,
    align: isNumber(column.type) ? 'right' : undefined,
    render: (row) => <Value value={row[column.name]} />,
  }));
  return (
    <DataTable
      label={name}
      columns={columns}
      rows={items}
      rowKey={(_, index) => String(index)}
      error={error}
      onRetry={retry}
      more={more}
      loadingMore={loadingMore}
      empty={<EmptyState title={t('data.noRecords')} text={t('data.emptyText')} />}
    />
  );
}
