import { PageHeader } from '@/components/PageHeader';
import { Calendar } from '@/features/schedules/Calendar';
import { ScheduleDrawer } from '@/features/schedules/ScheduleDrawer';
import { ScheduleTable } from '@/features/schedules/ScheduleTable';
import { useFilter } from '@/hooks/use-filter';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';
import '@/locales/schedules';
import '@/locales/triggers';

const TABS = ['list', 'calendar'] as const;

export function Component() {
  const { t } = useTranslation();
  const { filter, change } = useFilter(['tab'] as const);
  const tab = TABS.find((one) => one === filter.tab) ?? 'list';
  useTitle(t('nav.schedules'));
  return (
    <>
      <PageHeader title={t('nav.schedules')} note={t('schedules.note')} />
      <nav className="wp-segments wp-segments-many" aria-label={t('schedules.views')}>
        {TABS.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === tab}
            onClick={() => change('tab', one === 'list' ? undefined : one)}
          >
            {t(`schedules.tabs.${one}`)}
          </button>
        ))}
      </nav>
      {tab === 'list' ? <ScheduleTable /> : <Calendar />}
      <ScheduleDrawer />
    </>
  );
}
