import { type Column, DataTable } from '@/components/DataTable';
import { Lasted } from '@/components/Lasted';
import { keys } from '@/hooks/keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { executions } from '@/services/executions';
import type { StepItem, StepStatus } from '@/types/api';

interface Props {
  execution: string;
  step: string;
  status: StepStatus;
  onOpen: (index: number) => void;
}

/** Items in one state, with what is the matter with them. */
export function ItemTable({ execution, step, status, onOpen }: Props) {
  const { t } = useTranslation();
  const list = usePaged(keys.executions.items(execution, step, status), (cursor) =>
    executions.items(execution, step, status, cursor),
  );
  const columns: Column<StepItem>[] = [
    {
      key: 'index',
      title: t('executions.item'),
      render: (row) => (
        <button type="button" className="wp-link wp-number" onClick={() => onOpen(row.index)}>
          {row.index}
        </button>
      ),
    },
    { key: 'attempts', title: t('executions.attemptList'), align: 'right', render: (row) => row.attempts },
    {
      key: 'took',
      title: t('executions.duration'),
      align: 'right',
      wide: true,
      render: (row) => <Lasted start={row.started_at} end={row.finished_at} />,
    },
    {
      key: 'error',
      title: t('executions.error'),
      render: (row) => row.error && <span className="wp-clip">{row.error.message}</span>,
    },
  ];
  return (
    <DataTable
      label={t('executions.itemsIn', { state: t(`status.${status}`) })}
      columns={columns}
      {...list.table}
      rowKey={(row) => String(row.index)}
    />
  );
}
