import { useQuery } from '@tanstack/react-query';
import { UsageBar } from '@/components/billing/UsageBar';
import { ErrorNote } from '@/components/ErrorNote';
import { Waiting } from '@/components/Waiting';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { users } from '@/services/users';
import type { UsersUsage } from '@/types/api';

const MEGABYTE = 1024 * 1024;

/** What the days come to, in words. */
function Month({ days }: { days: UsersUsage['days'] }) {
  const { t, i18n } = useTranslation();
  const sum = (measure: 'executions' | 'pages' | 'bytes') => days.reduce((all, day) => all + day[measure], 0);
  const number = (value: number) => value.toLocaleString(i18n.language, { maximumFractionDigits: 1 });
  return (
    <p className="wp-muted">
      {t('people.usageDays', {
        executions: number(sum('executions')),
        pages: number(sum('pages')),
        megabytes: number(sum('bytes') / MEGABYTE),
      })}
    </p>
  );
}

/** The plan of somebody, and what they use of it. */
export function UserUsage({ id }: { id: string }) {
  const { t, i18n } = useTranslation();
  const { data, error, refetch } = useQuery({
    queryKey: rareKeys.users.usage(id, i18n.language),
    queryFn: () => users.usage(id),
  });
  return (
    <section className="flex flex-col gap-3" aria-label={t('people.usage')}>
      <h3 className="flex items-center justify-between gap-2">
        {t('people.usage')}
        {data && <span className="wp-badge">{data.plan_name}</span>}
      </h3>
      {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data?.limits.map((one) => (
        <UsageBar key={one.limit} usage={one} />
      ))}
      {data && <Month days={data.days} />}
    </section>
  );
}
