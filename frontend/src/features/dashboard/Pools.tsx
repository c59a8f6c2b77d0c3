import { Link } from 'react-router';
import { Panel } from '@/features/dashboard/Panel';
import { usePools } from '@/features/dashboard/use-pools';
import { useTranslation } from '@/hooks/use-translation';

const STATES = ['healthy', 'degraded', 'half_open', 'quarantined', 'unknown'] as const;

const SHOWN = 5;

/** How the proxies of each pool are. */
export function Pools() {
  const { t } = useTranslation();
  const { list, pools } = usePools();
  return (
    <Panel title={t('dashboard.pools')} query={list} empty={t('dashboard.noPools')}>
      {list.data &&
        pools.slice(0, SHOWN).map(({ pool, by_state, total }) => (
          <li key={pool.id} className="wp-panel-pool">
            <span className="flex justify-between gap-3">
              <Link className="wp-name" to={`/proxies/${pool.id}`}>
                {pool.name}
              </Link>
              <span className="wp-number">{t('dashboard.healthy', { count: by_state.healthy ?? 0, total })}</span>
            </span>
            <span className="wp-pool-bar" aria-hidden>
              {STATES.map((state) => (
                <span key={state} className={`wp-pool-${state}`} style={{ flexGrow: by_state[state] ?? 0 }} />
              ))}
            </span>
          </li>
        ))}
    </Panel>
  );
}
