import CheckCircleFilled from '@ant-design/icons/CheckCircleFilled';
import ClockCircleOutlined from '@ant-design/icons/ClockCircleOutlined';
import CloseCircleFilled from '@ant-design/icons/CloseCircleFilled';
import FieldTimeOutlined from '@ant-design/icons/FieldTimeOutlined';
import MinusCircleOutlined from '@ant-design/icons/MinusCircleOutlined';
import PauseCircleOutlined from '@ant-design/icons/PauseCircleOutlined';
import PlayCircleFilled from '@ant-design/icons/PlayCircleFilled';
import StopOutlined from '@ant-design/icons/StopOutlined';
import type { ComponentType } from 'react';
import { useTranslation } from '@/hooks/use-translation';
import type { AnyStatus } from '@/utils/status';

const ICONS: Record<AnyStatus, ComponentType<{ 'aria-hidden': boolean }>> = {
  pending: ClockCircleOutlined,
  running: PlayCircleFilled,
  waiting: PauseCircleOutlined,
  succeeded: CheckCircleFilled,
  failed: CloseCircleFilled,
  cancelled: StopOutlined,
  timed_out: FieldTimeOutlined,
  skipped: MinusCircleOutlined,
};

/** A state: colour, icon and word, the same everywhere. `text` is the word of what is no execution. */
export function StatusTag({ status, text }: { status: AnyStatus; text?: string }) {
  const { t } = useTranslation();
  return (
    <span className={`wp-status wp-status-${status}`} data-status={status}>
      <StatusIcon status={status} />
      <span>{text ?? t(`status.${status}`)}</span>
    </span>
  );
}

/** The icon alone, for where its word stands beside it or is its name. */
export function StatusIcon({ status }: { status: AnyStatus }) {
  const Icon = ICONS[status];
  return <Icon aria-hidden />;
}
