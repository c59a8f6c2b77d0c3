import dayjs from 'dayjs';
import { ErrorNote } from '@/components/ErrorNote';
import { StatusTag } from '@/components/StatusTag';
import { allOf, areasOf, type Bucket, RANGES, STATES, sumOf } from '@/features/dashboard/figures';
import { useRange, useRuns } from '@/features/dashboard/use-dashboard';
import { useTranslation } from '@/hooks/use-translation';

/** Runs by state, over time: by when they ended, and those that have not by when they were asked for. */
export function RunsChart() {
  const { t } = useTranslation();
  const [range] = useRange();
  const { data, error, refetch } = useRuns(range);
  const buckets = data?.buckets ?? [];
  const sum = sumOf(buckets);
  const form = RANGES[range].step === 'hour' ? 'HH:mm' : 'MM-DD';
  const name = ({ starts_at }: Bucket) => dayjs(starts_at).format(form);
  const told = (bucket: Bucket) =>
    [
      `${name(bucket)} · ${allOf(bucket)}`,
      ...STATES.filter((state) => bucket[state] > 0).map((state) => `${t(`status.${state}`)}: ${bucket[state]}`),
    ].join('\n');
  return (
    <section className="wp-card wp-account-card wp-runs" aria-label={t('dashboard.overTime')}>
      <h2>{t('dashboard.overTime')}</h2>
      {error && !data && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <span className="wp-skeleton wp-skeleton-block" />}
      {data && (
        <>
          <div className="wp-stacks" aria-hidden="true">
            <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true" focusable="false">
              {areasOf(buckets).map(({ state, points }) => (
                <polygon key={state} className={`wp-stack-${state}`} points={points} />
              ))}
            </svg>
            {buckets.map((bucket) => (
              <span key={bucket.starts_at} className="wp-stack" title={told(bucket)} />
            ))}
          </div>
          <div className="wp-stacks-scale wp-muted" aria-hidden="true">
            {[buckets[0], buckets[Math.floor(buckets.length / 2)], buckets.at(-1)].map(
              (bucket, place) => bucket && <span key={place}>{name(bucket)}</span>,
            )}
          </div>
          <ul className="flex flex-wrap gap-x-5">
            {STATES.map((state) => (
              <li key={state} className="flex items-center gap-1.5">
                <StatusTag status={state} /> <span className="wp-number">{sum[state]}</span>
              </li>
            ))}
          </ul>
          <Numbers buckets={buckets} name={name} />
        </>
      )}
    </section>
  );
}

function Numbers({ buckets, name }: { buckets: Bucket[]; name: (bucket: Bucket) => string }) {
  const { t } = useTranslation();
  const told = buckets.filter((bucket) => allOf(bucket) > 0);
  return (
    <details>
      <summary className="wp-link">{t('dashboard.numbers')}</summary>
      <table className="wp-table">
        <thead>
          <tr>
            <th scope="col">{t('dashboard.from')}</th>
            {STATES.map((state) => (
              <th key={state} scope="col" className="wp-right">
                {t(`status.${state}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {told.map((bucket) => (
            <tr key={bucket.starts_at}>
              <td className="wp-number">{name(bucket)}</td>
              {STATES.map((state) => (
                <td key={state} className="wp-right">
                  {bucket[state]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
