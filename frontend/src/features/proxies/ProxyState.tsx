import { useTranslation } from '@/hooks/use-translation';

/** A state of a proxy, by word and colour. */
export function ProxyState({ state }: { state: string }) {
  const { t } = useTranslation();
  return (
    <span className="whitespace-nowrap">
      <span className={`wp-dot wp-pool-${state}`} aria-hidden /> {t(`proxies.states.${state}`, { defaultValue: state })}
    </span>
  );
}
