import { Explain } from '@/features/proxies/Explain';
import { usePoolFilter } from '@/features/proxies/filter';
import { Hosts } from '@/features/proxies/Hosts';
import { ProxyTable } from '@/features/proxies/ProxyTable';
import { Sources } from '@/features/proxies/Sources';
import { Statistics } from '@/features/proxies/Statistics';
import { Tests } from '@/features/proxies/Tests';
import { useTranslation } from '@/hooks/use-translation';

const TABS = ['proxies', 'hosts', 'explain', 'sources', 'tests', 'statistics'] as const;

/** The parts of a pool; which one is shown stands in the address. */
export function PoolTabs({ pool }: { pool: string }) {
  const { t } = useTranslation();
  const { filter, changeAll } = usePoolFilter();
  const shown = TABS.find((one) => one === filter.tab) ?? 'proxies';
  const show = (next: string) => changeAll({ open: undefined, tab: next === 'proxies' ? undefined : next });
  return (
    <>
      <nav className="wp-segments wp-segments-many" aria-label={t('proxies.sections')}>
        {TABS.map((one) => (
          <button key={one} type="button" aria-pressed={one === shown} onClick={() => show(one)}>
            {t(`proxies.tabs.${one}`)}
          </button>
        ))}
      </nav>
      {shown === 'proxies' && <ProxyTable pool={pool} />}
      {shown === 'hosts' && <Hosts pool={pool} />}
      {shown === 'explain' && <Explain pool={pool} />}
      {shown === 'sources' && <Sources pool={pool} />}
      {shown === 'tests' && <Tests pool={pool} />}
      {shown === 'statistics' && <Statistics pool={pool} />}
    </>
  );
}
