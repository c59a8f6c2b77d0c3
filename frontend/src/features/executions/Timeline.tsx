import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/components/EmptyState';
import { lanesOf } from '@/features/executions/timeline';
import { useNow } from '@/hooks/use-now';
import type { Step } from '@/types/api';
import { duration } from '@/utils/format';

/** When each attempt began and how long it took. */
export function Timeline({ steps, running }: { steps: Step[]; running: boolean }) {
  const { t } = useTranslation();
  const now = useNow(running ? 1000 : null);
  const { lanes, begin, end } = lanesOf(steps, now);
  if (lanes.length === 0) return <EmptyState title={t('executions.notBegun')} text={t('executions.notBegunText')} />;
  return (
    <section className="wp-card wp-timeline" aria-label={t('executions.timeline')}>
      <div className="wp-lane wp-muted" aria-hidden>
        <span />
        <span className="flex justify-between">
          <span>0</span>
          <span>{duration((end - begin) / 2)}</span>
          <span>{duration(end - begin)}</span>
        </span>
      </div>
      {lanes.map(({ id, bars }) => (
        <div key={id} className="wp-lane">
          <strong className="wp-clip" title={id}>
            {id}
          </strong>
          <ul className="wp-bars">
            {bars.map(({ key, left, width, status, attempt, item, milliseconds }) => {
              const place = item === null ? '' : `${t('executions.item')} ${item} · `;
              const text = `${place}${t('executions.attempt')} ${attempt} · ${t(`status.${status}`)} · ${duration(milliseconds)}`;
              return (
                <li
                  key={key}
                  className={`wp-bar wp-status-${status}`}
                  style={{ left: `${left}%`, width: `${width}%` }}
                  title={text}
                >
                  <span className="sr-only">{text}</span>
                </li>
              );
            })}
          </ul>
        </div>
      ))}
    </section>
  );
}
