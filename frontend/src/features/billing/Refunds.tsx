import { useQuery } from '@tanstack/react-query';
import { ErrorNote } from '@/components/ErrorNote';
import { StatusTag } from '@/components/StatusTag';
import { Waiting } from '@/components/Waiting';
import { When } from '@/components/When';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { billing } from '@/services/billing';
import type { OwnedInvoice, RefundOfInvoice } from '@/types/api';
import { money } from '@/utils/money';
import type { AnyStatus } from '@/utils/status';

const LOOKS: Record<RefundOfInvoice['status'], AnyStatus> = {
  pending: 'pending',
  succeeded: 'succeeded',
  failed: 'failed',
};

/** What of an invoice was given back, why, and what became of it. Nothing of one that was not. */
export function Refunds({ invoice: { id, refunded_minor } }: { invoice: OwnedInvoice }) {
  const { t, i18n } = useTranslation();
  const { data, error, refetch } = useQuery({
    queryKey: rareKeys.billing.refunds(id, refunded_minor),
    queryFn: () => billing.refunds(id),
  });
  if (error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return refunded_minor > 0 ? <Waiting /> : null;
  if (data.items.length === 0) return null;
  return (
    <section className="flex flex-col gap-2" aria-label={t('money.refunds')}>
      <h3 className="wp-h3">{t('money.refunds')}</h3>
      <ul className="wp-tried">
        {data.items.map((refund) => (
          <li key={refund.id}>
            <div className="flex flex-wrap items-baseline gap-x-3">
              <strong className="wp-number">{money(refund.amount_minor, refund.currency, i18n.language)}</strong>
              <StatusTag status={LOOKS[refund.status]} text={t(`money.refundStatuses.${refund.status}`)} />
              <span className="wp-muted">
                <When time={refund.created_at} />
              </span>
            </div>
            <p>{refund.reason}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
