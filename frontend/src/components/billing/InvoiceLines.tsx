import { Lines } from '@/components/billing/Lines';
import { useTranslation } from '@/hooks/use-translation';
import type { Invoice } from '@/types/api';

/** What an invoice is for, and what is still to be paid of it. */
export function InvoiceLines({ invoice }: { invoice: Invoice }) {
  const { t } = useTranslation();
  const sums: [string, number][] = [[t('billing.total'), invoice.total_minor]];
  if (invoice.credit_minor) sums.push([t('billing.creditUsed'), -invoice.credit_minor]);
  if (invoice.credited_minor) sums.push([t('billing.credited'), -invoice.credited_minor]);
  if (invoice.paid_minor) sums.push([t('billing.paid'), -invoice.paid_minor]);
  sums.push([t('billing.due'), invoice.due_minor]);
  if (invoice.refunded_minor) sums.push([t('billing.refunded'), invoice.refunded_minor]);
  return <Lines lines={invoice.lines} currency={invoice.currency} sums={sums} />;
}
