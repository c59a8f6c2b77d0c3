import { useTranslation } from 'react-i18next';
import { Count } from '@/components/Count';
import { Figure } from '@/components/Figure';
import { nearestOf, pointsOf, rateOf, shareOf, sumOf, totalOf } from '@/features/dashboard/figures';
import { useRange, useRuns, useUsage } from '@/features/dashboard/use-dashboard';

/** Over the range, the oldest first. */
function Sparkline({ line }: { line: number[] }) {
  if (line.length < 2) return null;
  return (
    <svg viewBox="0 0 100 28" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <polyline points={pointsOf(line)} />
    </svg>
  );
}

/** How much ran, how well, how much was collected, and how much of the plan is used. */
export function Figures() {
  const { t, i18n } = useTranslation();
  const [range] = useRange();
  const runs = useRuns(range).data;
  const usage = useUsage(range).data;
  const percent = (share: number | null) =>
    share === null ? '–' : share.toLocaleString(i18n.language, { style: 'percent', maximumFractionDigits: 1 });
  const buckets = runs?.buckets ?? [];
  const sum = sumOf(buckets);
  const pages = usage?.days.map((day) => day.pages) ?? [];
  const nearest = nearestOf(usage?.limits ?? []);
  return (
    <div className="wp-figures">
      <Figure
        name={t('dashboard.runs')}
        to="/executions"
        value={runs && <Count value={buckets.reduce((all, bucket) => all + totalOf(bucket), 0)} />}
        note={t('dashboard.unfinished', { count: runs?.unfinished ?? 0 })}
      >
        <Sparkline line={buckets.map(totalOf)} />
      </Figure>
      <Figure
        name={t('dashboard.rate')}
        to="/executions?status=failed"
        value={runs && percent(rateOf(sum))}
        note={t('dashboard.failed', { count: sum.failed + sum.timed_out })}
      >
        <Sparkline line={buckets.map((bucket) => bucket.failed + bucket.timed_out)} />
      </Figure>
      <Figure
        name={t('dashboard.pages')}
        to="/data"
        value={usage && <Count value={pages.reduce((all, one) => all + one, 0)} />}
        note={t('dashboard.pagesNote')}
      >
        <Sparkline line={pages} />
      </Figure>
      <Figure
        name={t('dashboard.usage')}
        to="/plan"
        value={usage && (nearest ? percent(shareOf(nearest)) : t('dashboard.unlimited'))}
        note={nearest && t(`dashboard.limits.${nearest.limit}`, { defaultValue: nearest.limit })}
      >
        {nearest && (
          <meter
            min={0}
            max={1}
            high={0.8}
            low={0.8}
            optimum={0}
            value={Math.min(1, shareOf(nearest))}
            aria-label={t('dashboard.usage')}
          />
        )}
      </Figure>
    </div>
  );
}
