import { Button } from 'antd';
import { Count } from '@/components/Count';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { StatusTag } from '@/components/StatusTag';
import { When } from '@/components/When';
import { useRecordQuery } from '@/features/datasets/filter';
import { HeldActions } from '@/features/datasets/HeldActions';
import { HeldDrawer } from '@/features/datasets/HeldDrawer';
import { Reasons } from '@/features/datasets/Reasons';
import { rareKeys } from '@/hooks/rare-keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { datasets } from '@/services/datasets';
import type { HeldBatch } from '@/types/api';
import type { AnyStatus } from '@/utils/status';

const STATUSES: Record<HeldBatch['state'], AnyStatus> = {
  held: 'waiting',
  released: 'succeeded',
  discarded: 'cancelled',
};

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
      render: ({ state }) => <StatusTag status={STATUSES[state]} text={t(`dataset.heldState.${state}`)} />,
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
