import { useTranslation } from 'react-i18next';
import { Count } from '@/components/Count';
import type { PoolStatus } from '@/types/api';

const STATES = ['healthy', 'degraded', 'quarantined', 'unknown'] as const;

/** Shares of the states, and how requests went. */
export function PoolBar({ status }: { status: PoolStatus }) {
  const { t, i18n } = useTranslation();
  const { total, by_state, requests, successes } = status;
  const rate = requests > 0 ? (successes / requests).toLocaleString(i18n.language, { style: 'percent' }) : '–';
  return (
    <section className="wp-pool" aria-label={t('proxies.overview')}>
      <div className="wp-pool-bar" aria-hidden>
        {STATES.map((state) => (
          <span key={state} className={`wp-pool-${state}`} style={{ flexGrow: by_state[state] ?? 0 }} />
        ))}
      </div>
      <dl className="wp-facts">
        {STATES.map((state) => (
          <div key={state}>
            <dt>
              <span className={`wp-dot wp-pool-${state}`} aria-hidden /> {t(`proxies.states.${state}`)}
            </dt>
            <dd>
              <Count value={by_state[state] ?? 0} />
            </dd>
          </div>
        ))}
        <div>
          <dt>{t('proxies.total')}</dt>
          <dd>
            <Count value={total} />
          </dd>
        </div>
        <div>
          <dt>{t('proxies.requests')}</dt>
          <dd>
            <Count value={requests} />
          </dd>
        </div>
        <div>
          <dt>{t('proxies.successRate')}</dt>
          <dd>{rate}</dd>
        </div>
      </dl>
    </section>
  );
}
