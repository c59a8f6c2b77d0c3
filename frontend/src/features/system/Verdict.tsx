import { Link } from 'react-router';
import { Note } from '@/components/Note';
import { troublesOf } from '@/features/system/troubles';
import { useTranslation } from '@/hooks/use-translation';
import type { SystemStatus } from '@/types/api';

/** Whether somebody has to do something, in a sentence for each reason. */
export function Verdict({ status }: { status: SystemStatus | undefined }) {
  const { t } = useTranslation();
  if (!status) return <span className="wp-skeleton wp-skeleton-title" />;
  const troubles = troublesOf(status);
  if (troubles.length === 0) return <Note kind="success" title={t('platform.well')} />;
  return (
    <Note kind="warning" title={t('platform.unwell')}>
      <ul>
        {troubles.map(({ name, count, to }) => (
          <li key={name}>
            {t(`platform.troubles.${name}`, { count })} {to && <Link to={to}>{t('platform.look')}</Link>}
          </li>
        ))}
      </ul>
    </Note>
  );
}
