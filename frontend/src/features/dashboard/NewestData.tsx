import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { When } from '@/components/When';
import { brief, newestOf } from '@/features/dashboard/newest';
import { Panel } from '@/features/dashboard/Panel';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';

/** The records that were collected last, whatever their dataset. */
export function NewestData() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: rareKeys.dashboard.newest, queryFn: newestOf, refetchInterval: 30_000 });
  return (
    <Panel title={t('dashboard.newest')} query={query} empty={t('dashboard.noData')}>
      {query.data?.map(({ dataset, record }) => (
        <li key={`${dataset} ${record.key}`}>
          <span className="min-w-0 flex-1">
            <Link
              className="wp-name"
              to={`/data/${encodeURIComponent(dataset)}?${new URLSearchParams({ open: record.key })}`}
            >
              {brief(record)}
            </Link>
            <span className="wp-panel-more wp-muted">{dataset}</span>
          </span>
          <span className="wp-muted">
            <When time={record.created_at} />
          </span>
        </li>
      ))}
    </Panel>
  );
}
