import { Button, Segmented } from 'antd';
import { useState } from 'react';
import { amountOf } from '@/features/plan/entitlements';
import { PlanDialog, type Way } from '@/features/plan/PlanDialog';
import { useTranslation } from '@/hooks/use-translation';
import type { CurrentSubscription, Interval, Plan } from '@/types/api';
import { money } from '@/utils/money';

const priceOf = (plan: Plan, interval: Interval) => plan.prices.find((one) => one.interval === interval);

const isFree = (plan: Plan) => plan.prices.every((price) => price.amount_minor === 0);

/** What choosing the plan would be; nothing where it changes nothing. */
export function wayTo(plan: Plan, interval: Interval, current: CurrentSubscription, order: string[]): Way | null {
  const isPaying = current.interval != null;
  if (isFree(plan)) return isPaying ? 'downgrade' : null;
  if (!isPaying) return 'subscribe';
  const [to, from] = [order.indexOf(plan.code), order.indexOf(current.plan.code)];
  if (to === from && interval === current.interval) return null;
  const shorter = interval === 'month' && current.interval === 'year';
  return to < from || (to === from && shorter) ? 'downgrade' : 'upgrade';
}

interface CardProps {
  plan: Plan;
  interval: Interval;
  way: Way | null;
  isCurrent: boolean;
  onChoose: () => void;
}

function PlanCard({ plan, interval, way, isCurrent, onChoose }: CardProps) {
  const { t, i18n } = useTranslation();
  const price = priceOf(plan, interval);
  return (
    <li className={isCurrent ? 'wp-plan wp-plan-current' : 'wp-plan'} aria-current={isCurrent}>
      <h2>
        {plan.name} {isCurrent && <span className="wp-badge">{t('plan.current')}</span>}
      </h2>
      <p className="wp-plan-price">
        {money(price?.amount_minor ?? 0, price?.currency ?? 'CNY', i18n.language)}{' '}
        <span className="wp-muted">{t(interval === 'month' ? 'plan.perMonth' : 'plan.perYear')}</span>
      </p>
      <dl>
        {Object.entries(plan.entitlements).map(([name, value]) => (
          <div key={name}>
            <dt>{t(`plan.entitlements.${name}`, { defaultValue: name.replaceAll('_', ' ') })}</dt>
            <dd className="wp-number">{amountOf(name, value, t, i18n.language)}</dd>
          </div>
        ))}
      </dl>
      {way && (
        <Button type={way === 'downgrade' ? 'default' : 'primary'} onClick={onChoose} block>
          {isCurrent ? t(way === 'upgrade' ? 'plan.toYearly' : 'plan.toMonthly') : t(`plan.${way}`)}
        </Button>
      )}
    </li>
  );
}

/** All plans on offer beside each other, and the way to each. */
export function PlanCards({ offers, current }: { offers: Plan[]; current: CurrentSubscription }) {
  const { t } = useTranslation();
  const [interval, setInterval] = useState<Interval>(current.interval ?? 'month');
  const [chosen, setChosen] = useState<{ plan: Plan; way: Way } | null>(null);
  const order = offers.map((plan) => plan.code);
  const intervals = (['month', 'year'] as const).map((value) => ({ value, label: t(`plan.${value}`) }));
  return (
    <>
      <Segmented
        className="self-start"
        aria-label={t('plan.pay')}
        options={intervals}
        value={interval}
        onChange={setInterval}
      />
      <ul className="wp-plans">
        {offers.map((plan) => {
          const way = wayTo(plan, interval, current, order);
          const isCurrent = plan.code === current.plan.code;
          const onChoose = () => way && setChosen({ plan, way });
          return <PlanCard key={plan.code} {...{ plan, interval, way, isCurrent, onChoose }} />;
        })}
      </ul>
      {chosen && (
        <PlanDialog
          way={chosen.way}
          plan={chosen.plan}
          wish={{ plan: chosen.plan.code, interval }}
          current={current}
          onClose={() => setChosen(null)}
        />
      )}
    </>
  );
}
