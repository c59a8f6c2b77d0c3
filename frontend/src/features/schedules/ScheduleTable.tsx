import { Link } from 'react-router';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { LinkButton } from '@/components/LinkButton';
import { PauseSwitch } from '@/components/triggers/PauseSwitch';
import { Timing } from '@/components/triggers/Timing';
import { When } from '@/components/When';
import { rareKeys } from '@/hooks/rare-keys';
import { useFilter } from '@/hooks/use-filter';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { schedules } from '@/services/schedules';
import type { NamedTrigger } from '@/types/api';

/** Every trigger of every workflow, with its next time. */
export function ScheduleTable() {
  const { t } = useTranslation();
  const { change } = useFilter([] as const);
  const { table } = usePaged(rareKeys.triggers.named, schedules.list, { refetchInterval: 30_000 });
  const columns: Column<NamedTrigger>[] = [
    {
      key: 'workflow',
      title: t('schedules.workflow'),
      render: (row) => (
        <Link className="wp-name" to={`/workflows/${row.definition_id}?tab=triggers`}>
          {row.definition_name}
        </Link>
      ),
    },
    {
      key: 'timing',
      title: t('schedules.timing'),
      render: (row) => (
        <button type="button" className="wp-link wp-link-wraps" onClick={() => change('open', row.id)}>
          <Timing kind={row.kind} expression={row.expression} />
        </button>
      ),
    },
    { key: 'zone', title: t('triggers.timezone'), wide: true, render: (row) => row.timezone },
    {
      key: 'next',
      title: t('workflows.nextRun'),
      render: (row) =>
        row.paused ? <span className="wp-muted">{t('triggers.paused')}</span> : <When time={row.next_runs[0]} />,
    },
    {
      key: 'active',
      title: t('schedules.active'),
      align: 'right',
      render: (row) => <PauseSwitch trigger={row} />,
    },
  ];
  return (
    <DataTable
      label={t('nav.schedules')}
      columns={columns}
      {...table}
      rowKey={(row) => row.id}
      empty={
        <EmptyState title={t('schedules.none')} text={t('schedules.noneText')}>
          <pre className="wp-example">{EXAMPLE}</pre>
          <LinkButton to="/workflows">{t('nav.workflows')}</LinkButton>
        </EmptyState>
      }
    />
  );
}

const EXAMPLE = `triggers:
  - cron: "0 8 * * *"
    timezone: Asia/Shanghai`;
