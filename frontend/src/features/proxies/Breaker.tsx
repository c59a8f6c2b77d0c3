import { When } from '@/components/When';
import { useTranslation } from '@/hooks/use-translation';
import type { PoolHost } from '@/types/api';

/** Whether requests go through, and when they may again. */
export function Breaker({ breaker }: { breaker: PoolHost['breaker'] }) {
  const { t } = useTranslation();
  const { state, until } = breaker;
  const kind = state === 'open' ? 'failed' : state === 'half_open' ? 'waiting' : 'succeeded';
  return (
    <span className={`wp-status wp-status-${kind}`}>
      {t(`proxies.breakers.${state}`, { defaultValue: state })} {until && <When time={until} />}
    </span>
  );
}
