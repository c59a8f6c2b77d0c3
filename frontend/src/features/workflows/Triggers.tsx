import FieldTimeOutlined from '@ant-design/icons/FieldTimeOutlined';
import { Timing } from '@/components/triggers/Timing';
import { When } from '@/components/When';
import { useTranslation } from '@/hooks/use-translation';
import type { TriggerSummary } from '@/types/api';

export function Triggers({ triggers }: { triggers: TriggerSummary[] }) {
  const { t } = useTranslation();
  if (triggers.length === 0) return <span className="wp-muted">{t('workflows.byHand')}</span>;
  return (
    <span className="flex flex-col gap-1">
      {triggers.map((trigger, index) => (
        <span key={index} className="whitespace-nowrap" title={trigger.timezone}>
          <FieldTimeOutlined aria-hidden /> <Timing {...trigger} />
        </span>
      ))}
    </span>
  );
}

/** The earliest of the next runs. */
export function NextRun({ triggers }: { triggers: TriggerSummary[] }) {
  const times = triggers.map((trigger) => trigger.next_run).filter((time) => typeof time === 'string');
  return <When time={times.sort()[0]} />;
}
