import { useTranslation } from '@/hooks/use-translation';
import type { AuditLine } from '@/types/api';

/** Who acted: their name, or what they were. */
export function Who({ line: { actor } }: { line: AuditLine }) {
  const { t } = useTranslation();
  const name = actor.user && (actor.user.username ?? t('audit.gone'));
  if (!name) return <span className="wp-muted">{t(`audit.kinds.${actor.kind}`)}</span>;
  return (
    <span>
      {name} {actor.kind === 'api_key' && <span className="wp-muted">({t('audit.kinds.api_key')})</span>}
    </span>
  );
}
