import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { ErrorNote } from '@/components/ErrorNote';
import { StatusTag } from '@/components/StatusTag';
import { type Bucket, ENDS, RANGES, sumOf, totalOf } from '@/features/dashboard/figures';
import { useRange, useRuns } from '@/features/dashboard/use-dashboard';

/** Runs by how they ended, over time. */
export function RunsChart() {
  const { t } = useTranslation();
  const [range] = useRange();
  const { data, error, refetch } = useRuns(range);
  const buckets = data?.buckets ?? [];
  const sum = sumOf(buckets);
  const form = RANGES[range].step === 'hour' ? 'HH:mm' : 'MM-DD';
  const name = ({ starts_at }: Bucket) => dayjs(starts_at).format(form);
  const top = Math.max(1, ...buckets.map(totalOf));
  return (
    <section className="wp-card wp-account-card" aria-label={t('dashboard.overTime')}>
      <h2>{t('dashboard.overTime')}</h2>
      {error && !data && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <span className="wp-skeleton wp-skeleton-block" />}
      {data && (
        <>
          <div className="wp-stacks" aria-hidden="true">
            {buckets.map((bucket) => (
              <span key={bucket.starts_at} className="wp-stack" title={`${name(bucket)} · ${totalOf(bucket)}`}>
                {ENDS.filter((end) => bucket[end] > 0).map((end) => (
                  <span
                    key={end}
                    className={`wp-stack-${end}`}
                    style={{ height: `${Math.max(2, (bucket[end] / top) * 100)}%` }}
                  />
                ))}
              </span>
            ))}
          </div>
          <div className="wp-stacks-scale wp-muted" aria-hidden="true">
            {[buckets[0], buckets[Math.floor(buckets.length / 2)], buckets.at(-1)].map(
              (bucket, place) => bucket && <span key={place}>{name(bucket)}</span>,
            )}
          </div>
          <ul className="flex flex-wrap gap-x-5">
            {ENDS.map((end) => (
              <li key={end} className="flex items-center gap-1.5">
                <StatusTag status={end} /> <span className="wp-number">{sum[end]}</span>
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
  const told = buckets.filter((bucket) => totalOf(bucket) > 0);
  return (
    <details>
      <summary className="wp-link">{t('dashboard.numbers')}</summary>
      <table className="wp-table">
        <thead>
          <tr>
            <th scope="col">{t('dashboard.from')}</th>
            {ENDS.map((end) => (
              <th key={end} scope="col" className="wp-right">
                {t(`status.${end}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {told.map((bucket) => (
            <tr key={bucket.starts_at}>
              <td className="wp-number">{name(bucket)}</td>
              {ENDS.map((end) => (
                <td key={end} className="wp-right">
                  {bucket[end]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
