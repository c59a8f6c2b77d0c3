import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Count } from '@/components/Count';
import { nearestOf, pointsOf, rateOf, shareOf, sumOf, totalOf } from '@/features/dashboard/figures';
import { useRange, useRuns, useUsage } from '@/features/dashboard/use-dashboard';

interface Props {
  name: string;
  to: string;
  value: ReactNode;
  note: ReactNode;
  /** Over the range, the oldest first. */
  line?: number[];
  share?: number;
}

function Figure({ name, to, value, note, line, share }: Props) {
  return (
    <section className="wp-card wp-figure" aria-label={name}>
      <h2>
        <Link to={to}>{name}</Link>
      </h2>
      <p className="wp-figure-value">{value ?? <span className="wp-skeleton" />}</p>
      <p className="wp-muted wp-hint">{note}</p>
      {line && line.length > 1 && (
        <svg viewBox="0 0 100 28" preserveAspectRatio="none" aria-hidden="true" focusable="false">
          <polyline points={pointsOf(line)} />
        </svg>
      )}
      {share !== undefined && (
        <meter min={0} max={1} high={0.8} low={0.8} optimum={0} value={share} aria-label={name} />
      )}
    </section>
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
        line={buckets.map(totalOf)}
      />
      <Figure
        name={t('dashboard.rate')}
        to="/executions?status=failed"
        value={runs && percent(rateOf(sum))}
        note={t('dashboard.failed', { count: sum.failed + sum.timed_out })}
        line={buckets.map((bucket) => bucket.failed + bucket.timed_out)}
      />
      <Figure
        name={t('dashboard.pages')}
        to="/data"
        value={usage && <Count value={pages.reduce((all, one) => all + one, 0)} />}
        note={t('dashboard.pagesNote')}
        line={pages}
      />
      <Figure
        name={t('dashboard.usage')}
        to="/plan"
        value={usage && (nearest ? percent(shareOf(nearest)) : t('dashboard.unlimited'))}
        note={nearest && t(`dashboard.limits.${nearest.limit}`, { defaultValue: nearest.limit })}
        share={nearest && Math.min(1, shareOf(nearest))}
      />
    </div>
  );
}
