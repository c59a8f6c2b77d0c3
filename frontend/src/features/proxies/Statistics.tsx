import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNote } from '@/components/ErrorNote';
import { Waiting } from '@/components/Waiting';
import { latenciesOf, type Point, reachedOf, requestsOf, successOf } from '@/features/proxies/charts';
import { keys } from '@/hooks/keys';
import { rareKeys } from '@/hooks/rare-keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { proxies } from '@/services/proxies';
import type { PoolTest } from '@/types/api';
import { absolute } from '@/utils/format';

const Chart = lazy(() => import('@/components/Chart'));

/** Month to minute: tests are hours or days apart. */
const minuteOf = ({ created_at }: PoolTest) => absolute(created_at).slice(5, 16);

interface CardProps {
  name: 'requests' | 'success' | 'latency' | 'reached';
  kind: 'bar' | 'line';
  points: Point[];
}

function Card({ name, kind, points }: CardProps) {
  const { t } = useTranslation();
  const title = t(`proxies.charts.${name}`);
  return (
    <section className="wp-card wp-account-card" aria-label={title}>
      <h2>{title}</h2>
      {points.some(({ value }) => value > 0) ? (
        <Suspense fallback={<div className="wp-chart" />}>
          <Chart kind={kind} points={points} label={title} />
        </Suspense>
      ) : (
        <p className="wp-muted">{t('proxies.charts.nothing')}</p>
      )}
    </section>
  );
}

/** How the proxies of a pool fare, drawn. */
export function Statistics({ pool }: { pool: string }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({ queryKey: keys.pools.status(pool), queryFn: () => proxies.status(pool) });
  const tests = usePaged(rareKeys.pool.tests(pool), (cursor) => proxies.tests(pool, cursor));
  const all = data?.proxies;
  const drawn = useMemo(
    () => all && { requests: requestsOf(all), success: successOf(all), latency: latenciesOf(all) },
    [all],
  );
  const reached = useMemo(() => reachedOf(tests.items ?? [], minuteOf), [tests.items]);
  if (error && !drawn) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!drawn) return <Waiting />;
  if (all?.length === 0) return <EmptyState title={t('proxies.charts.none')} text={t('proxies.charts.noneText')} />;
  return (
    <div className="wp-charts">
      <Card name="requests" kind="bar" points={drawn.requests} />
      <Card name="success" kind="bar" points={drawn.success} />
      <Card name="latency" kind="bar" points={drawn.latency} />
      <Card name="reached" kind="line" points={reached} />
    </div>
  );
}
