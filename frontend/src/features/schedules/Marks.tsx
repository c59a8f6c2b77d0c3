import { Popover } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { Link } from 'react-router';
import { StatusIcon, StatusTag } from '@/components/StatusTag';
import { LOOKS } from '@/components/triggers/Ticks';
import type { Became, Mark, Time } from '@/features/schedules/calendar';
import { useFilter } from '@/hooks/use-filter';
import { useTranslation } from '@/hooks/use-translation';
import type { NamedTrigger } from '@/types/api';
import { absolute } from '@/utils/format';
import type { AnyStatus } from '@/utils/status';

const LOOK: Record<Became, AnyStatus> = { ...LOOKS, due: 'waiting' };

/** Times of a day that are written out; of more only icons are drawn. */
const FEW = 6;
/** Times of a day that are drawn unless somebody asks for all. */
const SHOWN = 48;

/** The times of a trigger on a day, each with what became of it. */
export function Marks({ mark: { trigger, times } }: { mark: Mark }) {
  const { t } = useTranslation();
  const { change } = useFilter([] as const);
  const [all, setAll] = useState(false);
  const shown = all ? times : times.slice(0, SHOWN);
  return (
    <section className="wp-mark" aria-label={t('schedules.marks', { name: trigger.definition_name })}>
      <button type="button" className="wp-link wp-mark-name" onClick={() => change('open', trigger.id)}>
        {trigger.definition_name}
      </button>
      <div className="wp-mark-times">
        {shown.map((time) => (
          <OneTime key={time.at} time={time} trigger={trigger} short={times.length > FEW} />
        ))}
      </div>
      {times.length > SHOWN && (
        <button type="button" className="wp-link wp-hint" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t('schedules.fewer') : t('schedules.more', { count: times.length })}
        </button>
      )}
    </section>
  );
}

function OneTime({ time, trigger, short }: { time: Time; trigger: NamedTrigger; short: boolean }) {
  const { t } = useTranslation();
  const look = LOOK[time.became];
  const clock = dayjs(time.at).format('HH:mm');
  const word = time.became === 'due' ? t('schedules.due') : t(`triggers.outcomes.${time.became}`);
  return (
    <Popover trigger="click" destroyOnHidden content={<Told time={time} word={word} trigger={trigger} />}>
      <button type="button" className={`wp-time wp-status-${look}`} aria-label={`${clock} ${word}`} title={clock}>
        <StatusIcon status={look} />
        {!short && (
          <span>
            <span className="wp-number">{clock}</span> {word}
          </span>
        )}
      </button>
    </Popover>
  );
}

/** What became of a time, and why. */
function Told({ time, word, trigger }: { time: Time; word: string; trigger: NamedTrigger }) {
  const { t } = useTranslation();
  const { change } = useFilter([] as const);
  return (
    <div className="wp-told-time">
      <strong className="wp-number">{absolute(time.at)}</strong>
      <StatusTag status={LOOK[time.became]} text={word} />
      <p>{t(`schedules.outcome.${time.became}`)}</p>
      {time.detail && <p className="wp-muted">{time.detail}</p>}
      <div className="flex flex-wrap gap-3">
        {time.execution && <Link to={`/executions/${time.execution}`}>{t('schedules.toExecution')}</Link>}
        <button type="button" className="wp-link" onClick={() => change('open', trigger.id)}>
          {t('schedules.toTrigger')}
        </button>
      </div>
    </div>
  );
}
