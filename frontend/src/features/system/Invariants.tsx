import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { StatusTag } from '@/components/StatusTag';
import { When } from '@/components/When';
import { Section } from '@/features/system/Section';
import { useTranslation } from '@/hooks/use-translation';
import type { SystemStatus } from '@/types/api';

type Invariant = SystemStatus['invariants'][number];

/** What must always hold, and what broke it when it was checked last. */
export function Invariants({ invariants }: { invariants: Invariant[] | undefined }) {
  const { t } = useTranslation();
  const columns: Column<Invariant>[] = [
    {
      key: 'name',
      title: t('platform.invariant'),
      render: (row) => (
        <>
          <div>{t(`platform.holds.${row.name}`, { defaultValue: row.name })}</div>
          <code className="wp-muted">{row.name}</code>
        </>
      ),
    },
    {
      key: 'broken',
      title: t('platform.finding'),
      render: (row) => (
        <StatusTag
          status={row.broken > 0 ? 'failed' : 'succeeded'}
          text={row.broken > 0 ? t('platform.broken', { count: row.broken }) : t('platform.holding')}
        />
      ),
    },
    { key: 'at', title: t('platform.lastCheck'), render: (row) => <When time={row.checked_at} /> },
  ];
  return (
    <Section title={t('platform.invariants')} note={t('platform.invariantsNote')}>
      <DataTable
        label={t('platform.invariants')}
        columns={columns}
        rows={invariants}
        rowKey={(row) => row.name}
        empty={<EmptyState title={t('platform.unchecked')} text={t('platform.uncheckedText')} />}
      />
    </Section>
  );
}
