import { useQuery } from '@tanstack/react-query';
import { ErrorNote } from '@/components/ErrorNote';
import { Note } from '@/components/Note';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { billing } from '@/services/billing';

const FAULTS = ['unbalanced_postings', 'invoices_off', 'credits_off', 'refunds_off', 'missing_numbers'] as const;

/** Whether ledger, invoices and credits agree. */
export function Books() {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({ queryKey: rareKeys.billing.books, queryFn: billing.books });
  if (error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <span className="wp-skeleton wp-skeleton-title" />;
  if (data.balanced) return <Note kind="success" title={t('money.balanced')} />;
  return (
    <Note kind="error" title={t('money.unbalanced')}>
      <ul>
        {FAULTS.filter((fault) => data[fault] > 0).map((fault) => (
          <li key={fault}>{t(`money.faults.${fault}`, { count: data[fault] })}</li>
        ))}
      </ul>
    </Note>
  );
}
