import { Button } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { ErrorNote } from '@/components/ErrorNote';
import { Note } from '@/components/Note';
import { StatusTag } from '@/components/StatusTag';
import { LOOKS } from '@/components/triggers/Ticks';
import { Waiting } from '@/components/Waiting';
import { type Became, type Day, type Mark, mondayOf, worstOf } from '@/features/schedules/calendar';
import { useWeek } from '@/features/schedules/use-week';
import { useFilter } from '@/hooks/use-filter';
import { useNow } from '@/hooks/use-now';
import type { AnyStatus } from '@/utils/status';

const LOOK: Record<Became, AnyStatus> = { ...LOOKS, due: 'waiting' };

/** A week of due times, coloured by what became of each. */
export function Calendar() {
  const { t } = useTranslation();
  const now = useNow(60_000);
  const { filter, change } = useFilter(['week'] as const);
  const today = dayjs(now).format('YYYY-MM-DD');
  const asked = filter.week && dayjs(filter.week).isValid() ? filter.week : today;
  const monday = mondayOf(asked);
  const { week, error, retry, whole } = useWeek(monday);
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
        <OneMark key={mark.trigger.id} mark={mark} />
      ))}
    </li>
  );
}

const clock = (time: string | undefined) => dayjs(time).format('HH:mm');

function OneMark({ mark: { trigger, times } }: { mark: Mark }) {
  const { t } = useTranslation();
  const { change } = useFilter([] as const);
  const worst = worstOf(times);
  const [first, last] = [clock(times[0]?.at), clock(times.at(-1)?.at)];
  const word = worst === 'due' ? t('schedules.due') : t(`triggers.outcomes.${worst}`);
  return (
    <button type="button" className="wp-mark" onClick={() => change('open', trigger.id)}>
      <span className="wp-number wp-muted">
        {first === last ? first : `${first}–${last}`}
        {times.length > 1 && ` ×${times.length}`}
      </span>
      <span className="wp-mark-name">{trigger.definition_name}</span>
      <StatusTag status={LOOK[worst]} text={word} />
    </button>
  );
}
