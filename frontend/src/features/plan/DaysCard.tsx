import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { daysOf, MEASURES } from '@/features/plan/days';
import { rareKeys } from '@/hooks/rare-keys';
import { useFilter } from '@/hooks/use-filter';
import { useTranslation } from '@/hooks/use-translation';
import { statistics } from '@/services/statistics';

const Chart = lazy(() => import('@/components/Chart'));

const DAYS = 30;

/** What was used day by day. */
export function DaysCard() {
  const { t } = useTranslation();
  const { filter, change } = useFilter(['measure'] as const);
  const measure = MEASURES.find((one) => one === filter.measure) ?? MEASURES[0];
  const { data, error, refetch } = useQuery({
    queryKey: rareKeys.dashboard.usage(DAYS),
    queryFn: () => statistics.usage(DAYS),
  });
  const points = useMemo(() => daysOf(data?.days ?? [], measure, DAYS, Date.now()), [data, measure]);
  return (
    <section className="wp-card wp-account-card wp-days" aria-label={t('billing.days')}>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2>{t('billing.days')}</h2>
        <span className="wp-segments">
          {MEASURES.map((one) => (
            <button key={one} type="button" aria-pressed={one === measure} onClick={() => change('measure', one)}>
              {t(`billing.measures.${one}`)}
            </button>
          ))}
        </span>
      </div>
      {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {data && data.days.length === 0 && <p className="wp-muted">{t('billing.noDays')}</p>}
      {data && data.days.length > 0 && (
        <Suspense fallback={<div className="wp-chart" />}>
          <Chart kind="bar" points={points} label={`${t('billing.days')}: ${t(`billing.measures.${measure}`)}`} />
        </Suspense>
      )}
    </section>
  );
}
