import { Link } from 'react-router';
import { type Column, DataTable } from '@/components/DataTable';
import { StatusTag } from '@/components/StatusTag';
import { When } from '@/components/When';
import { rareKeys } from '@/hooks/rare-keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { workflows } from '@/services/workflows';
import type { Tick } from '@/types/api';
import type { AnyStatus } from '@/utils/status';

/** The state that each outcome looks like. */
export const LOOKS: Record<Tick['outcome'], AnyStatus> = {
  ran: 'succeeded',
  backfilled: 'succeeded',
  late: 'cancelled',
  coalesced: 'pending',
  skipped: 'pending',
  refused: 'failed',
};

/** Each due time and what became of it. */
export function Ticks({ trigger }: { trigger: string }) {
  const { t } = useTranslation();
  const { items, table } = usePaged(rareKeys.triggers.ticks(trigger), (cursor) => workflows.ticks(trigger, cursor));
  const columns: Column<Tick>[] = [
    { key: 'due', title: t('triggers.due'), render: (row) => <When time={row.due_at} /> },
    {
      key: 'outcome',
      title: t('triggers.outcome'),
      render: (row) => <StatusTag status={LOOKS[row.outcome]} text={t(`triggers.outcomes.${row.outcome}`)} />,
    },
    { key: 'detail', title: t('triggers.why'), wide: true, render: (row) => row.detail ?? '' },
    {
      key: 'execution',
      title: '',
      align: 'right',
      render: (row) =>
        row.execution_id && <Link to={`/executions/${row.execution_id}`}>{t('triggers.execution')}</Link>,
    },
  ];
  if (items?.length === 0) return <p className="wp-muted">{t('triggers.noTicks')}</p>;
  return (
    <DataTable
      label={t('triggers.ledger')}
      columns={columns}
      {...table}
      rowKey={(row) => `${row.due_at} ${row.event_id ?? ''}`}
    />
  );
}
