import { type Touched, touchedBy } from '@/features/workflows/touched';
import { useTranslation } from '@/hooks/use-translation';
import type { DraftDiff } from '@/types/api';

const WAYS: (keyof Touched)[] = ['added', 'changed', 'removed', 'others'];

/** The steps that were added, changed and removed, by name. */
export function Touches({ changes }: { changes: DraftDiff['changes'] }) {
  const { t } = useTranslation();
  const touched = touchedBy(changes);
  const ways = WAYS.filter((way) => touched[way].length > 0);
  if (ways.length === 0) return <p className="wp-muted">{t('review.nothing')}</p>;
  return (
    <dl className="wp-touches">
      {ways.map((way) => (
        <div key={way} className={`wp-touched-${way}`}>
          <dt>{t(`review.touched.${way}`)}</dt>
          <dd>
            {touched[way].map((name) => (
              <code key={name} className="wp-badge">
                {name}
              </code>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}
