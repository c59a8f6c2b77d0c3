import { Count } from '@/components/Count';
import { PROXY_STATES, StateBar } from '@/features/proxies/StateBar';
import { useTranslation } from '@/hooks/use-translation';
import type { PoolStatus } from '@/types/api';
import { duration } from '@/utils/format';
import { quantile } from '@/utils/quantile';
import { size } from '@/utils/size';

/** Shares of the states, and how requests went. */
export function PoolBar({ status }: { status: PoolStatus }) {
  const { t, i18n } = useTranslation();
  const { total, by_state, requests, successes, bytes } = status;
  const latencies = status.proxies.flatMap(({ latency_ms }) => latency_ms ?? []);
  const latency = (share: number) => {
    const value = quantile(latencies, share);
    return value === null ? '–' : duration(value);
  };
  const rate = requests > 0 ? (successes / requests).toLocaleString(i18n.language, { style: 'percent' }) : '–';
  return (
    <section className="wp-pool" aria-label={t('proxies.overview')}>
      <StateBar shares={by_state} />
      <dl className="wp-facts">
        {PROXY_STATES.map((state) => (
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
        <div>
          <dt>{t('proxies.median')}</dt>
          <dd>{latency(0.5)}</dd>
        </div>
        <div>
          <dt>{t('proxies.slow')}</dt>
          <dd>{latency(0.95)}</dd>
        </div>
        <div>
          <dt>{t('proxies.bytes')}</dt>
          <dd>{size(bytes)}</dd>
        </div>
      </dl>
    </section>
  );
}
