import { Progress } from 'antd';
import { useTranslation } from '@/hooks/use-translation';
import type { LimitUsage } from '@/types/api';
import { day } from '@/utils/money';

/** In percent; full when nothing is allowed. */
const share = ({ used, allowed }: LimitUsage) => (allowed ? Math.min(100, (used / allowed) * 100) : 100);

/** What is used of a limit, and when it is counted anew. */
export function UsageBar({ usage }: { usage: LimitUsage }) {
  const { t, i18n } = useTranslation();
  const number = (value: number) => value.toLocaleString(i18n.language);
  const used = number(usage.used);
  const name = t(`plan.entitlements.${usage.limit}`);
  const isLimited = usage.allowed != null;
  return (
    <div>
      <div className="flex flex-wrap justify-between gap-x-3">
        <span>{name}</span>
        <span className="wp-number">
          {isLimited
            ? t('billing.usageOf', { used, allowed: number(usage.allowed ?? 0) })
            : t('billing.usageFree', { used })}
        </span>
      </div>
      {isLimited && (
        <Progress
          percent={share(usage)}
          showInfo={false}
          status={share(usage) >= 100 ? 'exception' : 'normal'}
          aria-label={name}
        />
      )}
      {usage.resets_at && <div className="wp-muted">{t('billing.resets', { date: day(usage.resets_at) })}</div>}
    </div>
  );
}
