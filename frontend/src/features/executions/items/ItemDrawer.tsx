import { useQuery } from '@tanstack/react-query';
import { Button, Drawer } from 'antd';
import { Link } from 'react-router';
import { type Column, DataTable } from '@/components/DataTable';
import { ErrorNote } from '@/components/ErrorNote';
import { JsonView } from '@/components/JsonView';
import { Lasted } from '@/components/Lasted';
import { Note } from '@/components/Note';
import { StatusTag } from '@/components/StatusTag';
import { When } from '@/components/When';
import { Answer } from '@/features/executions/Answer';
import { keys } from '@/hooks/keys';
import { useFilter } from '@/hooks/use-filter';
import { useTranslation } from '@/hooks/use-translation';
import { executions } from '@/services/executions';
import type { Attempt, Step, StepItemDetail } from '@/types/api';

/** The item that the address names: `step.number`. */
function itemOf(text: string | undefined): [step: string, index: number] | null {
  const [, step, index] = /^(\w+)\.(\d{1,9})$/.exec(text ?? '') ?? [];
  return step && index ? [step, Number(index)] : null;
}

/** One item of a step: what it was given, what it gave, and every attempt. */
export function ItemDrawer({ execution, steps }: { execution: string; steps: Step[] }) {
  const { t } = useTranslation();
  const { filter, change } = useFilter(['item'] as const);
  const [step, index] = itemOf(filter.item) ?? ['', -1];
  const { data, error, refetch } = useQuery({
    queryKey: keys.executions.item(execution, step, index),
    queryFn: () => executions.item(execution, step, index),
    enabled: index >= 0,
  });
  if (index < 0) return null;
  const known = steps.find(({ id }) => id === step);
  const go = (to: number) => change('item', `${step}.${to}`);
  const neighbours = (
    <span className="flex gap-2">
      <Button size="small" disabled={index === 0} onClick={() => go(index - 1)}>
        {t('executions.itemBefore')}
      </Button>
      <Button size="small" disabled={index + 1 >= (known?.items?.total ?? 0)} onClick={() => go(index + 1)}>
        {t('executions.itemAfter')}
      </Button>
    </span>
  );
  return (
    <Drawer
      open
      title={t('executions.itemTitle', { step, index })}
      extra={neighbours}
      size={720}
      onClose={() => change('item')}
    >
      {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {data?.status === 'waiting' && known?.awaits_signal && (
        <Answer execution={execution} awaited={{ step, item: index }} />
      )}
      {data ? <ItemDetail item={data} /> : !error && <span className="wp-skeleton" />}
    </Drawer>
  );
}

function ItemDetail({ item }: { item: StepItemDetail }) {
  const { t } = useTranslation();
  const columns: Column<Attempt>[] = [
    { key: 'attempt', title: t('executions.attempt'), align: 'right', render: (row) => row.attempt },
    { key: 'status', title: t('executions.status'), render: (row) => <StatusTag status={row.status} /> },
    { key: 'started', title: t('executions.started'), wide: true, render: (row) => <When time={row.started_at} /> },
    {
      key: 'took',
      title: t('executions.duration'),
      align: 'right',
      render: (row) => <Lasted start={row.started_at} end={row.finished_at} />,
    },
    {
      key: 'error',
      title: t('executions.error'),
      render: (row) =>
        row.execution_id ? (
          <Link to={`/executions/${row.execution_id}`}>{t('executions.itsRun')}</Link>
        ) : (
          (row.error?.message ?? '')
        ),
    },
  ];
  return (
    <div className="flex flex-col gap-4">
      <p>
        <StatusTag status={item.status} />
      </p>
      {item.failure && (
        <Note kind="error" title={item.failure.message}>
          <code>{item.failure.code}</code>
        </Note>
      )}
      <JsonView label={t('executions.item')} value={item.item} />
      <JsonView label={t('executions.input')} value={item.input ?? null} />
      <JsonView label={t('executions.output')} value={item.output ?? null} />
      {item.attempt_list.length > 0 && (
        <DataTable
          label={t('executions.attemptList')}
          columns={columns}
          rows={item.attempt_list}
          rowKey={(row, at) => `${row.attempt}/${at}`}
        />
      )}
    </div>
  );
}
