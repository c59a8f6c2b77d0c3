import { useQuery } from '@tanstack/react-query';
import { Drawer } from 'antd';
import { Link } from 'react-router';
import { TriggerCard } from '@/components/triggers/TriggerCard';
import { rareKeys } from '@/hooks/rare-keys';
import { useFilter } from '@/hooks/use-filter';
import { useTranslation } from '@/hooks/use-translation';
import { schedules } from '@/services/schedules';

/** The trigger that the address names: its next times, its ledger, and running past times. */
export function ScheduleDrawer() {
  const { t } = useTranslation();
  const { open, change } = useFilter([] as const);
  const { data } = useQuery({
    queryKey: rareKeys.triggers.everything,
    queryFn: schedules.all,
    enabled: open !== null,
  });
  const shown = data?.find(({ id }) => id === open);
  return (
    <Drawer open={shown !== undefined} onClose={() => change('open')} title={shown?.definition_name} size={680}>
      {shown && (
        <div className="flex flex-col gap-3">
          <TriggerCard trigger={shown} />
          <Link to={`/workflows/${shown.definition_id}`}>{t('schedules.toWorkflow')}</Link>
        </div>
      )}
    </Drawer>
  );
}
