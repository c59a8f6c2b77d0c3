import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Count } from '@/components/Count';
import { When } from '@/components/When';
import { Panel } from '@/features/dashboard/Panel';
import { rareKeys } from '@/hooks/rare-keys';
import { datasets } from '@/services/datasets';

const SHOWN = 5;

/** Datasets that changed last. */
export function NewestData() {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: rareKeys.dashboard.datasets,
    queryFn: async () => (await datasets.list()).items,
    refetchInterval: 30_000,
  });
  const newest = query.data?.toSorted((one, other) => other.updated_at.localeCompare(one.updated_at)).slice(0, SHOWN);
  return (
    <Panel title={t('dashboard.newest')} query={query} empty={t('dashboard.noData')}>
      {newest?.map(({ name, records, updated_at }) => (
        <li key={name}>
          <Link className="wp-name min-w-0 flex-1" to={`/data/${encodeURIComponent(name)}`}>
            {name}
          </Link>
          <Count value={records} />
          <span className="wp-muted">
            <When time={updated_at} />
          </span>
        </li>
      ))}
    </Panel>
  );
}
