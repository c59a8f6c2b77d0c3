import { Link } from 'react-router';
import { Panel } from '@/features/dashboard/Panel';
import { usePools } from '@/features/dashboard/use-pools';
import { useTranslation } from '@/hooks/use-translation';

const STATES = ['healthy', 'degraded', 'half_open', 'quarantined', 'unknown'] as const;

const SHOWN = 5;

/** How the proxies of each pool are. */
export function Pools() {
  const { t } = useTranslation();
  const pools = usePools();
  return (
    <Panel title={t('dashboard.pools')} query={pools} empty={t('dashboard.noPools')}>
      {pools.data?.slice(0, SHOWN).map(({ id, name, states, proxies: total }) => (
        <li key={id} className="wp-panel-pool">
          <span className="flex justify-between gap-3">
            <Link className="wp-name" to={`/proxies/${id}`}>
              {name}
            </Link>
            <span className="wp-number">{t('dashboard.healthy', { count: states.healthy, total })}</span>
          </span>
          <span className="wp-pool-bar" aria-hidden>
            {STATES.map((state) => (
              <span key={state} className={`wp-pool-${state}`} style={{ flexGrow: states[state] }} />
            ))}
          </span>
        </li>
      ))}
    </Panel>
  );
}
