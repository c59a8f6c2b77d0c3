import { useTranslation } from '@/hooks/use-translation';

export const PROXY_STATES = ['healthy', 'degraded', 'half_open', 'quarantined', 'unknown'] as const;

export type StateShares = Partial<Record<(typeof PROXY_STATES)[number], number>>;

/** Shares of the states, each as wide as it is large; `label` says them to those who do not see it. */
export function StateBar({ shares, label }: { shares: StateShares; label?: string }) {
  const { t, i18n } = useTranslation();
  const there = PROXY_STATES.filter((state) => (shares[state] ?? 0) > 0);
  const states = there
    .map((state) => `${t(`proxies.states.${state}`)} ${(shares[state] ?? 0).toLocaleString(i18n.language)}`)
    .join(t('proxies.between'));
  const told = label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': `${label}: ${states}` };
  return (
    <div className="wp-pool-bar" title={states} {...told}>
      {there.map((state) => (
        <span key={state} className={`wp-pool-${state}`} style={{ flexGrow: shares[state] }} />
      ))}
    </div>
  );
}
