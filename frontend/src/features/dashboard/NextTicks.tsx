import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { When } from '@/components/When';
import { Panel } from '@/features/dashboard/Panel';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { schedules } from '@/services/schedules';
import type { NamedTrigger } from '@/types/api';

const SHOWN = 10;

/** The next times of all triggers, the soonest first. */
const soonest = (triggers: NamedTrigger[]) =>
  triggers
    .flatMap((trigger) => trigger.next_runs.map((time) => ({ time, trigger })))
    .sort((one, other) => Date.parse(one.time) - Date.parse(other.time))
    .slice(0, SHOWN);

export function NextTicks() {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: rareKeys.triggers.everything,
    queryFn: schedules.all,
    refetchInterval: 30_000,
  });
  return (
    <Panel title={t('dashboard.next')} query={query} empty={t('dashboard.noNext')}>
      {query.data &&
        soonest(query.data).map(({ time, trigger }) => (
          <li key={`${trigger.id} ${time}`}>
            <Link className="wp-name min-w-0 flex-1" to={`/schedules?open=${trigger.id}`}>
              {trigger.definition_name}
            </Link>
            <When time={time} />
          </li>
        ))}
    </Panel>
  );
}
