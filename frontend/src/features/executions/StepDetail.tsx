import { type Column, DataTable } from '@/components/DataTable';
import { JsonView } from '@/components/JsonView';
import { Lasted } from '@/components/Lasted';
import { StatusTag } from '@/components/StatusTag';
import { When } from '@/components/When';
import { RerunFrom } from '@/features/executions/Again';
import { ItemGrid } from '@/features/executions/items/ItemGrid';
import { useTranslation } from '@/hooks/use-translation';
import type { Attempt, Step } from '@/types/api';

/** Attempts worth showing: more than one, or one that failed. */
const telling = (attempts: Attempt[]) =>
  attempts.length > 1 || attempts.some((attempt) => attempt.error) ? attempts : [];

/** `again` is the execution that can be run again from this step. */
export function StepDetail({ execution, step, again }: { execution: string; step: Step; again: string | null }) {
  const { t } = useTranslation();
  const shown = telling(step.attempt_list ?? []);
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
    { key: 'error', title: t('executions.error'), render: (row) => row.error?.message ?? '' },
  ];
  return (
    <div className="wp-step-detail">
      {again && <RerunFrom id={again} step={step.id} />}
      {step.items && <ItemGrid execution={execution} step={step.id} />}
      {shown.length > 0 && !step.items && (
        <DataTable
          label={t('executions.attemptList')}
          columns={columns}
          rows={shown}
          rowKey={(row, at) => `${row.attempt}/${at}`}
        />
      )}
      {!step.items && (
        <div className="wp-step-json">
          <JsonView label={t('executions.input')} value={step.input ?? null} />
          <JsonView label={t('executions.output')} value={step.output ?? null} />
        </div>
      )}
    </div>
  );
}
