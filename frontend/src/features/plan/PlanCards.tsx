import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ErrorNote } from '@/components/ErrorNote';
import { Waiting } from '@/components/Waiting';
import { keys } from '@/hooks/keys';
import { plans } from '@/services/plans';
import type { Plan } from '@/types/api';

/** The monthly price; a plan without one costs nothing. */
function price(plan: Plan, language: string): string {
  const monthly = plan.prices.find((one) => one.interval === 'month') ?? plan.prices[0];
  const amount = (monthly?.amount_minor ?? 0) / 100;
  const currency = monthly?.currency ?? 'CNY';
  return amount.toLocaleString(language, { style: 'currency', currency, minimumFractionDigits: 0 });
}

function PlanCard({ plan, current }: { plan: Plan; current: boolean }) {
  const { t, i18n } = useTranslation();
  const amount = (value: number | null | undefined) =>
    value == null ? t('plan.unlimited') : value.toLocaleString(i18n.language);
  return (
    <li className={current ? 'wp-plan wp-plan-current' : 'wp-plan'} aria-current={current}>
      <h2>
        {plan.name} {current && <span className="wp-badge">{t('plan.current')}</span>}
      </h2>
      <p className="wp-plan-price">
        {price(plan, i18n.language)} <span className="wp-muted">{t('plan.perMonth')}</span>
      </p>
      <dl>
        {Object.entries(plan.entitlements).map(([name, value]) => (
          <div key={name}>
            <dt>{t(`plan.entitlements.${name}`, { defaultValue: name.replaceAll('_', ' ') })}</dt>
            <dd className="wp-number">{amount(value)}</dd>
          </div>
        ))}
      </dl>
    </li>
  );
}

export function PlanCards() {
  const all = useQuery({ queryKey: keys.plans.all, queryFn: plans.list });
  const current = useQuery({ queryKey: keys.plans.current, queryFn: plans.current });
  const error = all.error ?? current.error;
  if (error) {
    const retry = () => {
      void all.refetch();
      void current.refetch();
    };
    return <ErrorNote error={error} onRetry={retry} />;
  }
  if (!all.data || !current.data) return <Waiting />;
  return (
    <ul className="wp-plans">
      {all.data.map((plan) => (
        <PlanCard key={plan.code} plan={plan} current={plan.code === current.data.plan.code} />
      ))}
    </ul>
  );
}
