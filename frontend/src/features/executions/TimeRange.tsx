import { DatePicker } from 'antd';
import dayjs from 'dayjs';
import type { Props } from '@/features/executions/TimeFilter';
import { useTranslation } from '@/hooks/use-translation';

const moment = (at: string | undefined) => (at && dayjs(at).isValid() ? dayjs(at) : null);

/** Two times of one's own, either of which may be left open; loaded when somebody wants them. */
export default function TimeRange({ from, before, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <DatePicker.RangePicker
      showTime={{ format: 'HH:mm' }}
      format="YYYY-MM-DD HH:mm"
      allowEmpty={[true, true]}
      placeholder={[t('executions.from'), t('executions.before')]}
      value={[moment(from), moment(before)]}
      onChange={(range) => onChange(range?.[0]?.toISOString(), range?.[1]?.toISOString())}
    />
  );
}
