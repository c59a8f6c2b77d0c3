import { type Column, DataTable } from '@/components/DataTable';
import { When } from '@/components/When';
import { Alive } from '@/features/system/Alive';
import { Section } from '@/features/system/Section';
import { useTranslation } from '@/hooks/use-translation';
import type { SystemStatus } from '@/types/api';

type Process = SystemStatus['processes'][number];

/** Those that run, or ran within a day. */
export function Processes({ processes }: { processes: Process[] | undefined }) {
  const { t } = useTranslation();
  const columns: Column<Process>[] = [
    {
      key: 'name',
      title: t('platform.name'),
      render: (row) => (
        <>
          <code className="break-all">{row.name}</code>{' '}
          {row.current && <span className="wp-badge">{t('platform.current')}</span>}
        </>
      ),
    },
    { key: 'alive', title: t('platform.state'), render: (row) => <Alive alive={row.alive} /> },
    {
      key: 'role',
      title: t('platform.role'),
      wide: true,
      render: (row) => t(`platform.roles.${row.role}`, { defaultValue: row.role }),
    },
    { key: 'version', title: t('platform.version'), wide: true, render: (row) => <code>{row.version}</code> },
    { key: 'seen', title: t('platform.seen'), render: (row) => <When time={row.last_seen_at} /> },
    { key: 'started', title: t('platform.started'), wide: true, render: (row) => <When time={row.started_at} /> },
  ];
  return (
    <Section title={t('platform.processes')} note={t('platform.processesNote')}>
      <DataTable label={t('platform.processes')} columns={columns} rows={processes} rowKey={(row) => row.id} />
    </Section>
  );
}
