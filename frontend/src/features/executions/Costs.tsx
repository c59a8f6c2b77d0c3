import { Link } from 'react-router';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { Lasted } from '@/components/Lasted';
import { StatusTag } from '@/components/StatusTag';
import { useTranslation } from '@/hooks/use-translation';
import type { Cost, ExecutionDetail, Step } from '@/types/api';
import { duration, exact } from '@/utils/format';
import { size } from '@/utils/size';
import { isOver } from '@/utils/status';

const SCARCE = ['pages', 'bytes', 'proxy_bytes', 'cpu_ms'] as const;

function amount(name: (typeof SCARCE)[number], value: number, language: string): string {
  if (value === 0) return '–';
  if (name === 'pages') return exact(value, language);
  return name === 'cpu_ms' ? duration(value) : size(value);
}

/** The pages of the archive that came meanwhile. */
export const archived = (since: string, until: string | null | undefined) =>
  `/archive?${new URLSearchParams(until ? { since, until } : { since })}`;

/** What the run used of what is scarce, altogether and by its steps. */
export function Costs({ execution: { cost, steps } }: { execution: ExecutionDetail }) {
  const { t, i18n } = useTranslation();
  const used = (of: Cost) => SCARCE.some((name) => of[name] > 0);
  if (!used(cost)) return <EmptyState title={t('costs.noneTitle')} text={t('costs.noneText')} />;
  const columns: Column<Step>[] = [
    {
      key: 'step',
      title: t('costs.step'),
      render: ({ id, uses }) => (
        <span className="wp-step-name">
          <Link to={{ search: new URLSearchParams({ tab: 'steps', step: id }).toString() }}>{id}</Link>
          <span className="wp-muted">{uses}</span>
        </span>
      ),
    },
    { key: 'status', title: t('executions.status'), wide: true, render: ({ status }) => <StatusTag status={status} /> },
    ...SCARCE.map<Column<Step>>((name) => ({
      key: name,
      title: t(`costs.${name}`),
      align: 'right',
      wide: name === 'proxy_bytes',
      render: (step) => <span className="wp-number">{amount(name, step.cost[name], i18n.language)}</span>,
    })),
    {
      key: 'took',
      title: t('executions.duration'),
      align: 'right',
      wide: true,
      render: (step) => <Lasted start={step.started_at} end={step.finished_at} running={!isOver(step.status)} />,
    },
  ];
  return (
    <div className="flex flex-col gap-3">
      <dl className="wp-costs">
        {SCARCE.map((name) => (
          <div key={name} className="wp-card wp-cost">
            <dt>{t(`costs.${name}`)}</dt>
            <dd className="wp-number">{amount(name, cost[name], i18n.language)}</dd>
          </div>
        ))}
      </dl>
      <DataTable label={t('costs.bySteps')} columns={columns} rows={steps} rowKey={({ id }) => id} />
      <p className="wp-muted">{t('costs.note')}</p>
    </div>
  );
}
