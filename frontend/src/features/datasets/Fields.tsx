import { Button, Tag } from 'antd';
import { useState } from 'react';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { EditField } from '@/features/datasets/EditField';
import { useRecordQuery } from '@/features/datasets/filter';
import { StatisticsDrawer } from '@/features/datasets/StatisticsDrawer';
import { useTranslation } from '@/hooks/use-translation';
import type { Dataset, DatasetColumn } from '@/types/api';

/** The columns: what they are, what their values are like, and what is said of them. */
export function Fields({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation();
  const { change, open } = useRecordQuery();
  const [edited, setEdited] = useState<DatasetColumn | 'new' | null>(null);
  const columns: Column<DatasetColumn>[] = [
    {
      key: 'name',
      title: t('dataset.field'),
      render: ({ name, label }) => (
        <>
          <button
            type="button"
            className="wp-link wp-name"
            aria-label={t('dataset.statisticsOf', { name })}
            onClick={() => change('open', name)}
          >
            {name}
          </button>
          {dataset.key.includes(name) && <Tag className="ms-2">{t('dataset.key')}</Tag>}
          {label && <div className="wp-muted">{label}</div>}
        </>
      ),
    },
    {
      key: 'type',
      title: t('dataset.type'),
      render: (row) => (
        <>
          {t(`dataset.types.${row.type}`)} {row.declared && <Tag>{t('dataset.declared')}</Tag>}
        </>
      ),
    },
    {
      key: 'required',
      title: t('dataset.required'),
      wide: true,
      render: (row) => (row.required ? t('dataset.yes') : '–'),
    },
    { key: 'index', title: t('dataset.index'), wide: true, render: (row) => t(`dataset.indexes.${row.index}`) },
    {
      key: 'description',
      title: t('data.description'),
      wide: true,
      render: (row) => <span className="wp-clip">{row.description ?? ''}</span>,
    },
    {
      key: 'edit',
      title: '',
      align: 'right',
      render: (row) => (
        <Button size="small" aria-label={t('dataset.editField', { name: row.name })} onClick={() => setEdited(row)}>
          {t('dataset.edit')}
        </Button>
      ),
    },
  ];
  const shown = dataset.columns.find(({ name }) => name === open);
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-2 pb-3">
        <p className="wp-muted">{t('dataset.fieldsNote')}</p>
        <Button onClick={() => setEdited('new')}>{t('dataset.addField')}</Button>
      </div>
      <DataTable
        label={t('dataset.tabs.fields')}
        columns={columns}
        rows={dataset.columns}
        rowKey={(row) => row.name}
        empty={<EmptyState title={t('dataset.noFields')} text={t('dataset.noFieldsText')} />}
      />
      {shown && <StatisticsDrawer name={dataset.name} column={shown} onClose={() => change('open')} />}
      {edited && <EditField dataset={dataset} column={edited} onClose={() => setEdited(null)} />}
    </>
  );
}
