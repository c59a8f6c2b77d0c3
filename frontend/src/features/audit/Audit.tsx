import { PageHeader } from '@/components/PageHeader';
import { AuditFilters } from '@/features/audit/AuditFilters';
import { AuditTable } from '@/features/audit/AuditTable';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';

export function Audit() {
  const { t } = useTranslation();
  useTitle(t('nav.audit'));
  return (
    <>
      <PageHeader title={t('nav.audit')} />
      <AuditFilters />
      <AuditTable />
    </>
  );
}
