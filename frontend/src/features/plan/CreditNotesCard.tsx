import { type Column, DataTable } from '@/components/DataTable';
import { Paper } from '@/features/plan/Paper';
import { rareKeys } from '@/hooks/rare-keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { plans } from '@/services/plans';
import type { CreditNote } from '@/types/api';
import { day, money } from '@/utils/money';

/** What was taken back of invoices; nothing to see for most. */
export function CreditNotesCard() {
  const { t, i18n } = useTranslation();
  const list = usePaged(rareKeys.plans.creditNotes, plans.creditNotes);
  if (!list.items || list.items.length === 0) return null;
  const columns: Column<CreditNote>[] = [
    { key: 'number', title: t('billing.number'), render: (row) => row.number },
    { key: 'issued', title: t('billing.issued'), render: (row) => day(row.issued_at), wide: true },
    { key: 'reason', title: t('billing.reason'), render: (row) => row.reason ?? t('billing.unused'), wide: true },
    {
      key: 'total',
      title: t('billing.total'),
      align: 'right',
      render: (row) => <span className="wp-number">{money(row.total_minor, row.currency, i18n.language)}</span>,
    },
    {
      key: 'paper',
      title: <span className="sr-only">PDF</span>,
      align: 'right',
      render: (row) => <Paper kind="credit-notes" id={row.id} number={row.number} size="small" />,
    },
  ];
  return (
    <section className="wp-invoices">
      <h2>{t('billing.creditNotes')}</h2>
      <DataTable label={t('billing.creditNotes')} columns={columns} {...list.table} rowKey={(row) => row.id} />
    </section>
  );
}
