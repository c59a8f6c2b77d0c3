import CheckCircleFilled from '@ant-design/icons/CheckCircleFilled';
import ClockCircleOutlined from '@ant-design/icons/ClockCircleOutlined';
import PauseCircleFilled from '@ant-design/icons/PauseCircleFilled';
import { useTranslation } from 'react-i18next';
import type { LoggedEvent } from '@/types/api';

type State = LoggedEvent['state'];

const LOOKS: Record<State, { Icon: typeof ClockCircleOutlined; colour: string }> = {
  waiting: { Icon: ClockCircleOutlined, colour: 'pending' },
  delivered: { Icon: CheckCircleFilled, colour: 'succeeded' },
  parked: { Icon: PauseCircleFilled, colour: 'waiting' },
};

/** How far an event came: colour, icon and word. */
export function Reached({ state }: { state: State }) {
  const { t } = useTranslation();
  const { Icon, colour } = LOOKS[state];
  return (
    <span className={`wp-status wp-status-${colour}`}>
      <Icon aria-hidden />
      <span>{t(`happened.states.${state}`)}</span>
    </span>
  );
}
