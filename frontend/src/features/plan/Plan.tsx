import { useQuery } from '@tanstack/react-query';
import { ErrorNote } from '@/components/ErrorNote';
import { Waiting } from '@/components/Waiting';
import { CreditNotesCard } from '@/features/plan/CreditNotesCard';
import { DaysCard } from '@/features/plan/DaysCard';
import { InvoicesCard } from '@/features/plan/InvoicesCard';
import { PlanCards } from '@/features/plan/PlanCards';
import { StandingCard } from '@/features/plan/StandingCard';
import { UsageCard } from '@/features/plan/UsageCard';
import { rareKeys } from '@/hooks/rare-keys';
import { plans } from '@/services/plans';
import '@/locales/billing';

/** The plan, what is used of it, all plans, and what is to be paid. */
export function Plan() {
  const offers = useQuery({ queryKey: rareKeys.plans.offers, queryFn: plans.list });
  const current = useQuery({ queryKey: rareKeys.plans.current, queryFn: plans.current });
  const error = offers.error ?? current.error;
  if (error) {
    const retry = () => {
      void offers.refetch();
      void current.refetch();
    };
    return <ErrorNote error={error} onRetry={retry} />;
  }
  if (!offers.data || !current.data) return <Waiting />;
  return (
    <div className="flex flex-col gap-5">
      <div className="wp-plan-top">
        <StandingCard current={current.data} />
        <UsageCard />
      </div>
      <DaysCard />
      <PlanCards offers={offers.data} current={current.data} />
      <InvoicesCard />
      <CreditNotesCard />
    </div>
  );
}
