import { Button } from 'antd';
import dayjs from 'dayjs';
import { ErrorNote } from '@/components/ErrorNote';
import { Note } from '@/components/Note';
import { Waiting } from '@/components/Waiting';
import { type Day, mondayOf } from '@/features/schedules/calendar';
import { Marks } from '@/features/schedules/Marks';
import { useWeek } from '@/features/schedules/use-week';
import { useFilter } from '@/hooks/use-filter';
import { useNow } from '@/hooks/use-now';
import { useTranslation } from '@/hooks/use-translation';

/** A week of due times, coloured by what became of each. */
export function Calendar() {
  const { t } = useTranslation();
  const now = useNow(60_000);
  const { filter, change } = useFilter(['week'] as const);
  const today = dayjs(now).format('YYYY-MM-DD');
  const asked = filter.week && dayjs(filter.week).isValid() ? filter.week : today;
  const monday = mondayOf(asked);
  const { week, error, retry, whole, more } = useWeek(monday);
  const turn = (days: number) => change('week', dayjs(monday).add(days, 'day').format('YYYY-MM-DD'));
  return (
    <section className="flex flex-col gap-3" aria-label={t('schedules.calendar')}>
      <div className="flex flex-wrap items-center gap-2">
        <Button onClick={() => turn(-7)}>{t('schedules.before')}</Button>
        <Button disabled={monday === mondayOf(today)} onClick={() => change('week')}>
          {t('schedules.thisWeek')}
        </Button>
        <Button onClick={() => turn(7)}>{t('schedules.after')}</Button>
        <strong className="wp-number">
          {monday} – {dayjs(monday).add(6, 'day').format('YYYY-MM-DD')}
        </strong>
      </div>
      {error && <ErrorNote error={error} onRetry={retry} />}
      {!whole && <Note kind="info" title={t('schedules.notWhole')} />}
      {more && <Note kind="info" title={t('schedules.moreTriggers')} />}
      {!week && !error && <Waiting />}
      {week && (
        <ol className="wp-week">
          {week.map((day) => (
            <OneDay key={day.date} day={day} isToday={day.date === today} />
          ))}
        </ol>
      )}
    </section>
  );
}

function OneDay({ day: { date, marks }, isToday }: { day: Day; isToday: boolean }) {
  const { t, i18n } = useTranslation();
  const name = new Date(`${date}T12:00:00`).toLocaleDateString(i18n.language, { weekday: 'short', day: 'numeric' });
  return (
    <li className={isToday ? 'wp-day wp-day-today' : 'wp-day'} aria-current={isToday ? 'date' : undefined}>
      <h3>{name}</h3>
      {marks.length === 0 && <p className="wp-muted wp-hint">{t('schedules.nothing')}</p>}
      {marks.map((mark) => (
        <Marks key={mark.trigger.id} mark={mark} />
      ))}
    </li>
  );
}
