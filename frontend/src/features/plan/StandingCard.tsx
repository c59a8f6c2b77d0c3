import { Button } from 'antd';
import { AskOnce } from '@/components/AskOnce';
import { ErrorNote } from '@/components/ErrorNote';
import { useChange } from '@/features/plan/use-change';
import { useTranslation } from '@/hooks/use-translation';
import { plans } from '@/services/plans';
import type { CurrentSubscription } from '@/types/api';
import { day, money } from '@/utils/money';

/** Where the subscription stands, and what happens when its period ends. */
export function StandingCard({ current }: { current: CurrentSubscription }) {
  const { t, i18n } = useTranslation();
  const cancel = useChange<void>(plans.cancel);
  const resume = useChange<void>(plans.resume);
  const facts: [string, string][] = [
    [t('billing.plan'), current.plan.name],
    [t('billing.status'), t(`billing.statuses.${current.status}`)],
  ];
  if (current.period_ends_at) facts.push([t('billing.periodEnds'), day(current.period_ends_at)]);
  if (current.at_period_end) facts.push([t('billing.afterwards'), t(`billing.thens.${current.at_period_end}`)]);
  if (current.credit_minor) facts.push([t('billing.credit'), money(current.credit_minor, 'CNY', i18n.language)]);
  return (
    <section className="wp-card wp-account-card">
      <h2>{t('billing.standing')}</h2>
      <dl className="wp-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {resume.error && <ErrorNote error={resume.error} />}
      <div className="flex flex-wrap gap-2">
        {current.at_period_end && current.at_period_end !== 'renew' && (
          <Button onClick={() => resume.mutate()} loading={resume.isPending}>
            {t('billing.resume')}
          </Button>
        )}
        {current.at_period_end && current.at_period_end !== 'cancel' && (
          <AskOnce
            button={t('billing.cancel')}
            title={t('billing.cancelTitle')}
            text={t('billing.cancelText', { date: day(current.period_ends_at) })}
            action={cancel}
          />
        )}
      </div>
    </section>
  );
}
