import { Count } from '@/components/Count';
import { Figure } from '@/components/Figure';
import { allOf, nearestOf, pointsOf, rateOf, ratesOf, shareOf, sumOf, usedOf } from '@/features/dashboard/figures';
import { useCollected, useRange, useRuns, useUsage } from '@/features/dashboard/use-dashboard';
import { useTranslation } from '@/hooks/use-translation';

/** Over the range, the oldest first. */
function Sparkline({ line, most }: { line: number[]; most?: number }) {
  if (line.length < 2) return null;
  return (
    <svg viewBox="0 0 100 28" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <polyline points={pointsOf(line, most)} />
    </svg>
  );
}

/** How much ran, how well, how much was collected, and how much of the plan is used. */
export function Figures() {
  const { t, i18n } = useTranslation();
  const [range] = useRange();
  const runs = useRuns(range).data;
  const usage = useUsage(range).data;
  const collected = useCollected(range).data;
  const percent = (share: number | null) =>
    share === null ? '–' : share.toLocaleString(i18n.language, { style: 'percent', maximumFractionDigits: 1 });
  const buckets = runs?.buckets ?? [];
  const sum = sumOf(buckets);
  const records = collected?.buckets.map(({ added, changed }) => added + changed) ?? [];
  const total = (line: number[]) => line.reduce((all, one) => all + one, 0);
  const nearest = nearestOf(usage?.limits ?? []);
  return (
    <div className="wp-figures">
      <Figure
        name={t('dashboard.runs')}
        to="/executions"
        value={runs && <Count value={total(buckets.map(allOf))} />}
        note={t('dashboard.unfinished', { count: runs?.unfinished ?? 0 })}
      >
        <Sparkline line={buckets.map(allOf)} />
      </Figure>
      <Figure
        name={t('dashboard.rate')}
        to="/executions?status=failed"
        value={runs && percent(rateOf(sum))}
        note={t('dashboard.failed', { count: sum.failed + sum.timed_out })}
      >
        <Sparkline line={ratesOf(buckets)} most={1} />
      </Figure>
      <Figure
        name={t('dashboard.records')}
        to="/data"
        value={collected && <Count value={total(records)} />}
        note={t('dashboard.recordsNew', {
          count: total(collected?.buckets.map(({ added }) => added) ?? []),
        })}
      >
        <Sparkline line={records} />
      </Figure>
      <Figure
        name={t('dashboard.usage')}
        to="/plan"
        value={usage && (nearest ? percent(shareOf(nearest)) : t('dashboard.unlimited'))}
        note={nearest && t(`dashboard.limits.${nearest.limit}`, { defaultValue: nearest.limit })}
      >
        {usage && <Sparkline line={usedOf(nearest, usage.days)} most={nearest?.allowed ?? undefined} />}
      </Figure>
    </div>
  );
}
