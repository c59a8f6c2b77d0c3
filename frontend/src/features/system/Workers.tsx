import { Count } from '@/components/Count';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { When } from '@/components/When';
import { Alive } from '@/features/system/Alive';
import { Section } from '@/features/system/Section';
import { useTranslation } from '@/hooks/use-translation';
import type { SystemStatus } from '@/types/api';

type Worker = SystemStatus['workers'][number];

/** Who drives executions, and how many each. */
export function Workers({ workers }: { workers: Worker[] | undefined }) {
  const { t } = useTranslation();
  const columns: Column<Worker>[] = [
    { key: 'name', title: t('platform.name'), render: (row) => <code className="wp-name">{row.name}</code> },
    { key: 'alive', title: t('platform.state'), render: (row) => <Alive alive={row.alive} /> },
    {
      key: 'executions',
      title: t('platform.executions'),
      align: 'right',
      render: (row) => <Count value={row.executions} />,
    },
    { key: 'seen', title: t('platform.seen'), render: (row) => <When time={row.last_seen_at} /> },
    { key: 'started', title: t('platform.started'), wide: true, render: (row) => <When time={row.started_at} /> },
  ];
  return (
    <Section title={t('platform.workers')}>
      <DataTable
        label={t('platform.workers')}
        columns={columns}
        rows={workers}
        rowKey={(row) => row.id}
        empty={<EmptyState title={t('platform.noWorkers')} text={t('platform.noWorkersText')} />}
      />
    </Section>
  );
}
