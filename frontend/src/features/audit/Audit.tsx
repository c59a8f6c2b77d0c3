import { useTranslation } from 'react-i18next';
import { PageHeader } from '@/components/PageHeader';
import { AuditFilters } from '@/features/audit/AuditFilters';
import { AuditTable } from '@/features/audit/AuditTable';
import { useTitle } from '@/hooks/use-title';

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
