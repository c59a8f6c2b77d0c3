import { Link } from 'react-router';
import { useTranslation } from '@/hooks/use-translation';
import type { RecentRun } from '@/types/api';
import { absolute } from '@/utils/format';
import type { AnyStatus } from '@/utils/status';

/** Signs beside the colours; what is under way has none. */
const SIGNS: Partial<Record<AnyStatus, string>> = { failed: '×', cancelled: '–', timed_out: '!' };

/** The last runs as squares, the newest at the right; they lead to the list of runs. */
export function RecentRuns({ id, recent }: { id: string; recent: RecentRun[] }) {
  const { t } = useTranslation();
  if (recent.length === 0) return <span className="wp-muted">–</span>;
  const counts = new Map<AnyStatus, number>();
  for (const { status } of recent) counts.set(status, (counts.get(status) ?? 0) + 1);
  const said = [...counts].map(([status, count]) => `${t(`status.${status}`)} ${count}`).join(', ');
  return (
    <Link className="wp-recent" to={`/executions?definition_id=${id}`} aria-label={`${t('listed.recent')}: ${said}`}>
      {[...recent].reverse().map((run) => (
        <span
          key={run.id}
          className={`wp-recent-run wp-status-${run.status}`}
          title={`${t(`status.${run.status}`)} · ${absolute(run.created_at)}`}
          aria-hidden
        >
          <span>{SIGNS[run.status]}</span>
        </span>
      ))}
    </Link>
  );
}
