import { Button, Tag } from 'antd';
import { Count } from '@/components/Count';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { When } from '@/components/When';
import { useRecordQuery } from '@/features/datasets/filter';
import { HeldActions } from '@/features/datasets/HeldActions';
import { HeldDrawer } from '@/features/datasets/HeldDrawer';
import { rareKeys } from '@/hooks/rare-keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { datasets } from '@/services/datasets';
import type { HeldBatch } from '@/types/api';

/** Batches that break the contract. */
export function HeldBatches({ name }: { name: string }) {
  const { t } = useTranslation();
  const { change, open } = useRecordQuery();
  const { table } = usePaged(rareKeys.dataset.held(name), (cursor) => datasets.held(name, cursor));
  const columns: Column<HeldBatch>[] = [
    { key: 'at', title: t('dataset.heldAt'), render: (row) => <When time={row.held_at} /> },
    {
      key: 'state',
      title: '',
      render: ({ state }) => (
        <Tag color={state === 'held' ? 'warning' : undefined}>{t(`dataset.heldState.${state}`)}</Tag>
      ),
    },
    { key: 'reason', title: t('dataset.reason'), render: ({ breaches }) => <Reasons breaches={breaches} /> },
    {
      key: 'records',
      title: t('dataset.heldRecords'),
      align: 'right',
      render: ({ records }) => <Count value={records} />,
    },
    {
      key: 'look',
      title: '',
      render: (row) =>
        row.state === 'held' && (
          <div className="flex flex-wrap gap-2">
            <Button onClick={() => change('open', row.id)}>{t('dataset.look')}</Button>
            <HeldActions name={name} batch={row} />
          </div>
        ),
    },
  ];
  return (
    <>
      <DataTable
        label={t('dataset.tabs.held')}
        columns={columns}
        {...table}
        rowKey={(row) => row.id}
        empty={<EmptyState title={t('dataset.noHeld')} text={t('dataset.noHeldText')} />}
      />
      {open && <HeldDrawer name={name} id={open} onClose={() => change('open')} />}
    </>
  );
}

/** What a batch breaks. */
export function Reasons({ breaches }: { breaches: HeldBatch['breaches'] }) {
  return (
    <ul className="flex flex-col gap-1">
      {breaches.map(({ rule, field, key, message }) => (
        <li key={`${rule} ${field} ${key}`}>
          {field && <code>{field}</code>} {message} {key && <code className="wp-muted">{key}</code>}
        </li>
      ))}
    </ul>
  );
}
