import { useQuery } from '@tanstack/react-query';
import { Checkbox, Input, Modal } from 'antd';
import { useId, useState } from 'react';
import { Lines } from '@/components/billing/Lines';
import { ErrorNote } from '@/components/ErrorNote';
import { Waiting } from '@/components/Waiting';
import { PlanChanges } from '@/features/plan/PlanChanges';
import { useChange } from '@/features/plan/use-change';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { type PlanWish, plans } from '@/services/plans';
import type { CurrentSubscription, Plan } from '@/types/api';
import { day, money } from '@/utils/money';

export type Way = 'subscribe' | 'upgrade' | 'downgrade';

interface Props {
  way: Way;
  plan: Plan;
  wish: PlanWish;
  current: CurrentSubscription;
  onClose: () => void;
}

/** What the upgrade would cost now. */
function Quote({ wish }: { wish: PlanWish }) {
  const { t } = useTranslation();
  const queryKey = rareKeys.plans.preview(wish.plan, wish.interval);
  const quote = useQuery({ queryKey, queryFn: () => plans.preview(wish), staleTime: 0, retry: false });
  if (quote.error) return <ErrorNote error={quote.error} />;
  if (!quote.data) return <Waiting />;
  const { lines, total_minor, credit_minor, due_minor } = quote.data;
  const sums: [string, number][] = [[t('billing.total'), total_minor]];
  if (credit_minor) sums.push([t('billing.creditUsed'), -credit_minor]);
  sums.push([t('billing.due'), due_minor]);
  return <Lines lines={lines} currency="CNY" sums={sums} />;
}

interface FirstProps {
  coupon: string;
  trial: boolean;
  onCoupon: (coupon: string) => void;
  onTrial: (trial: boolean) => void;
}

/** What is asked of somebody who begins. */
function First({ coupon, trial, onCoupon, onTrial }: FirstProps) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <>
      <label htmlFor={id}>{t('plan.coupon')}</label>
      <Input
        id={id}
        value={coupon}
        maxLength={40}
        placeholder={t('plan.couponNote')}
        onChange={(event) => onCoupon(event.target.value)}
      />
      <Checkbox className="mt-3" checked={trial} onChange={(event) => onTrial(event.target.checked)}>
        {t('plan.trial')}
      </Checkbox>
    </>
  );
}

/** Says what a change of plan means, and makes it. */
export function PlanDialog({ way, plan, wish, current, onClose }: Props) {
  const { t, i18n } = useTranslation();
  const [coupon, setCoupon] = useState('');
  const [trial, setTrial] = useState(false);
  const change = useChange(() =>
    way === 'subscribe'
      ? plans.subscribe({ ...wish, trial, ...(coupon.trim() ? { coupon: coupon.trim() } : {}) })
      : plans[way](wish),
  );
  const price = plan.prices.find(({ interval }) => interval === wish.interval);
  const names = { plan: plan.name, from: current.plan.name, date: day(current.period_ends_at) };
  return (
    <Modal
      open
      title={t(`plan.${way}Title`, names)}
      okText={t(`plan.${way}`)}
      okButtonProps={{ loading: change.isPending }}
      cancelText={t('common.cancel')}
      onOk={() => change.mutate(undefined, { onSuccess: onClose })}
      onCancel={onClose}
    >
      {way === 'subscribe' && price && (
        <p>{t(`plan.costs.${wish.interval}`, { price: money(price.amount_minor, price.currency, i18n.language) })}</p>
      )}
      {way === 'subscribe' && <First coupon={coupon} trial={trial} onCoupon={setCoupon} onTrial={setTrial} />}
      {way === 'upgrade' && <Quote wish={wish} />}
      {way === 'downgrade' && <p>{t('plan.downgradeText', names)}</p>}
      <div className="mt-4">
        <PlanChanges from={current.plan} to={plan} />
      </div>
      {change.error && <ErrorNote error={change.error} />}
    </Modal>
  );
}
