import { Segmented } from 'antd';
import { PageHeader } from '@/components/PageHeader';
import { EventLog } from '@/features/parked/EventLog';
import { Parked } from '@/features/parked/Parked';
import { useFilter } from '@/hooks/use-filter';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';

/** What happened, and what of it could not be handled. */
export function Events() {
  const { t } = useTranslation();
  useTitle(t('happened.title'));
  const { filter, changeAll } = useFilter(['show'] as const);
  const parked = filter.show === 'parked';
  const shows = (['all', 'parked'] as const).map((value) => ({ value, label: t(`happened.shows.${value}`) }));
  return (
    <>
      <PageHeader title={t('happened.title')} note={t('happened.note')} />
      <Segmented
        className="self-start"
        aria-label={t('happened.show')}
        options={shows}
        value={parked ? 'parked' : 'all'}
        onChange={(show) => changeAll({ show: show === 'parked' ? show : undefined, open: undefined })}
      />
      {parked ? <Parked /> : <EventLog />}
    </>
  );
}
