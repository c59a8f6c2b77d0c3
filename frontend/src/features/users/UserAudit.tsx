import { useQuery } from '@tanstack/react-query';
import { ErrorNote } from '@/components/ErrorNote';
import { LinkButton } from '@/components/LinkButton';
import { When } from '@/components/When';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { audit } from '@/services/audit';
import type { AuditLine } from '@/types/api';

const SHOWN = 5;

function Line({ line: { action, outcome, at, address } }: { line: AuditLine }) {
  const { t } = useTranslation();
  return (
    <li className="wp-session">
      <code className="min-w-0 break-words">{action}</code>
      <span className="wp-muted text-right">
        {t(`audit.outcomes.${outcome}`)}
        {address && ` · ${address}`} · <When time={at} />
      </span>
    </li>
  );
}

/** What was noted of somebody last. */
export function UserAudit({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({
    queryKey: rareKeys.users.audit(id),
    queryFn: () => audit.list({ user: id }, undefined, SHOWN),
  });
  return (
    <section aria-label={t('nav.audit')}>
      <h3 className="flex items-center justify-between gap-2">
        {t('nav.audit')}
        <LinkButton to={`/admin/audit?user=${id}`}>{t('people.audit')}</LinkButton>
      </h3>
      {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {data?.items.length === 0 && <p className="wp-muted">{t('audit.noneTitle')}</p>}
      <ul className="wp-sessions">
        {data?.items.map((line) => (
          <Line key={line.id} line={line} />
        ))}
      </ul>
    </section>
  );
}
