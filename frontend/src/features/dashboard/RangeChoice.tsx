import { RANGES, type Range } from '@/features/dashboard/figures';
import { useRange } from '@/features/dashboard/use-dashboard';
import { useTranslation } from '@/hooks/use-translation';

export function RangeChoice() {
  const { t } = useTranslation();
  const [range, choose] = useRange();
  return (
    <nav className="wp-segments" aria-label={t('dashboard.range')}>
      {(Object.keys(RANGES) as Range[]).map((one) => (
        <button key={one} type="button" aria-pressed={one === range} onClick={() => choose(one)}>
          {t(`dashboard.ranges.${one}`)}
        </button>
      ))}
    </nav>
  );
}
