import { lazy, Suspense } from 'react';
import { Link } from 'react-router';
import { type Column, DataTable } from '@/components/DataTable';
import { RunButton } from '@/components/RunButton';
import { RecentRuns } from '@/features/workflows/RecentRuns';
import { summaryOf } from '@/features/workflows/recent';
import { Templates } from '@/features/workflows/Templates';
import { NextRun, Triggers } from '@/features/workflows/Triggers';
import { keys } from '@/hooks/keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import '@/locales/listed';
import { workflows } from '@/services/workflows';
import type { DefinitionListed } from '@/types/api';
import { duration } from '@/utils/format';

const PauseAll = lazy(() => import('@/features/workflows/PauseAll'));

const NONE = '–';

export function WorkflowTable() {
  const { t } = useTranslation();
  const { table } = usePaged(keys.workflows.all, (cursor) => workflows.list(cursor));
  const columns: Column<DefinitionListed>[] = [
    {
      key: 'name',
      title: t('workflows.name'),
      render: ({ id, name, version }) => (
        <>
          <Link className="wp-name" to={`/workflows/${id}`}>
            {name}
          </Link>{' '}
          <span className="wp-muted wp-wide text-xs">{`v${version}`}</span>
        </>
      ),
    },
    {
      key: 'triggers',
      title: t('workflows.triggers'),
      wide: true,
      render: (row) => <Triggers triggers={row.triggers} />,
    },
    {
      key: 'next',
      title: t('workflows.nextRun'),
      render: ({ triggers, paused }) =>
        paused ? <span className="wp-muted">{t('listed.paused')}</span> : <NextRun triggers={triggers} />,
    },
    {
      key: 'recent',
      title: t('listed.recent'),
      render: ({ id, recent }) => <RecentRuns id={id} recent={recent} />,
    },
    {
      key: 'rate',
      title: t('listed.rate'),
      align: 'right',
      wide: true,
      render: ({ recent }) => {
        const { rate } = summaryOf(recent);
        return rate === null ? NONE : `${Math.round(rate * 100)}%`;
      },
    },
    {
      key: 'mean',
      title: t('listed.mean'),
      align: 'right',
      wide: true,
      render: ({ recent }) => {
        const { mean } = summaryOf(recent);
        return <span className="whitespace-nowrap">{mean === null ? NONE : duration(mean)}</span>;
      },
    },
    {
      key: 'on',
      title: t('listed.on'),
      wide: true,
      render: (row) =>
        row.triggers.length > 0 && (
          <Suspense>
            <PauseAll workflow={row} />
          </Suspense>
        ),
    },
    {
      key: 'run',
      title: <span className="sr-only">{t('run.now')}</span>,
      align: 'right',
      render: ({ id, name }) => <RunButton id={id} name={name} size="small" />,
    },
  ];
  return (
    <DataTable label={t('nav.workflows')} columns={columns} {...table} rowKey={(row) => row.id} empty={<Templates />} />
  );
}
