import { useQuery } from '@tanstack/react-query';
import { UsageBar } from '@/components/billing/UsageBar';
import { ErrorNote } from '@/components/ErrorNote';
import { Waiting } from '@/components/Waiting';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { plans } from '@/services/plans';

/** What is used of what the plan includes. */
export function UsageCard() {
  const { t } = useTranslation();
  const usage = useQuery({ queryKey: rareKeys.plans.usage, queryFn: plans.usage });
  return (
    <section className="wp-card wp-account-card">
      <h2>{t('billing.usage')}</h2>
      {usage.error && <ErrorNote error={usage.error} onRetry={() => void usage.refetch()} />}
      {!usage.data && !usage.error && <Waiting />}
      {usage.data?.limits.map((one) => (
        <UsageBar key={one.limit} usage={one} />
      ))}
    </section>
  );
}
