import { Select } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from '@/hooks/use-translation';

const TimeRange = lazy(() => import('@/features/executions/TimeRange'));

export interface Props {
  from: string | undefined;
  before: string | undefined;
  onChange: (from: string | undefined, before: string | undefined) => void;
}

const SINCE = [1, 7, 30];
const DAY = 24 * 3600 * 1000;
/** Among the days: a time of one's own. */
const BETWEEN = 0;

/** The beginning of the day so many days before tomorrow: an address with it means the same all day. */
const dayOf = (days: number) => `${new Date(Date.now() - (days - 1) * DAY).toISOString().slice(0, 10)}T00:00:00Z`;

/** When runs were asked for: since some days, or between two times. */
export function TimeFilter({ from, before, onChange }: Props) {
  const { t } = useTranslation();
  const days = before === undefined ? SINCE.find((days) => from === dayOf(days)) : undefined;
  const [wanted, setWanted] = useState(false);
  const between = days === undefined && (wanted || from !== undefined || before !== undefined);
  const choose = (value: number | undefined) => {
    setWanted(value === BETWEEN);
    if (value !== BETWEEN) onChange(value === undefined ? undefined : dayOf(value), undefined);
    else if (days !== undefined) onChange(undefined, undefined);
  };
  return (
    <>
      <Select
        allowClear
        aria-label={t('executions.since')}
        placeholder={t('executions.since')}
        value={between ? BETWEEN : days}
        onChange={choose}
        options={[
          ...SINCE.map((value) => ({ value, label: t('executions.sinceDays', { count: value }) })),
          { value: BETWEEN, label: t('executions.between') },
        ]}
      />
      {between && (
        <Suspense fallback={<span className="wp-skeleton" />}>
          <TimeRange from={from} before={before} onChange={onChange} />
        </Suspense>
      )}
    </>
  );
}
