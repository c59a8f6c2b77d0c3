import { type Column, DataTable } from '@/components/DataTable';
import { Dotted } from '@/components/Dotted';
import { EmptyState } from '@/components/EmptyState';
import { When } from '@/components/When';
import { AuditDrawer } from '@/features/audit/AuditDrawer';
import { AUDIT_FILTERS } from '@/features/audit/AuditFilters';
import { Outcome } from '@/features/audit/Outcome';
import { Who } from '@/features/audit/Who';
import { rareKeys } from '@/hooks/rare-keys';
import { useFilter } from '@/hooks/use-filter';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { audit } from '@/services/audit';
import type { AuditLine } from '@/types/api';

export function AuditTable() {
  const { t } = useTranslation();
  const { filter, change, open } = useFilter(AUDIT_FILTERS);
  const list = usePaged(rareKeys.audit.list(filter), (cursor) => audit.list(filter, cursor));
  const shown = list.items?.find((line) => line.id === open);
  const columns: Column<AuditLine>[] = [
    { key: 'at', title: t('audit.at'), render: (row) => <When time={row.at} /> },
    { key: 'actor', title: t('audit.actor'), wide: true, render: (row) => <Who line={row} /> },
    {
      key: 'action',
      title: t('audit.action'),
      render: (row) => (
        <button
          type="button"
          className="wp-link wp-link-dotted"
          title={t('audit.open')}
          onClick={() => change('open', row.id)}
        >
          <Dotted name={row.action} />
        </button>
      ),
    },
    {
      key: 'target',
      title: t('audit.target'),
      wide: true,
      render: (row) => (row.target?.kind === 'route' ? <code>{row.target.id}</code> : (row.user?.username ?? '–')),
    },
    { key: 'outcome', title: t('audit.outcome'), render: (row) => <Outcome outcome={row.outcome} /> },
    { key: 'address', title: t('audit.address'), wide: true, render: (row) => <code>{row.address ?? '–'}</code> },
  ];
  return (
    <>
      <DataTable
        label={t('nav.audit')}
        columns={columns}
        {...list.table}
        rowKey={(row) => row.id}
        empty={<EmptyState title={t('audit.noneTitle')} text={t('audit.noneText')} />}
      />
      {shown && <AuditDrawer line={shown} onClose={() => change('open')} />}
    </>
  );
}
