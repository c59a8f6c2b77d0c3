import { StatusTag } from '@/components/StatusTag';
import { useTranslation } from '@/hooks/use-translation';
import type { LoggedEvent } from '@/types/api';
import type { AnyStatus } from '@/utils/status';

type State = LoggedEvent['state'];

const LOOKS: Record<State, AnyStatus> = { waiting: 'pending', delivered: 'succeeded', parked: 'waiting' };

/** How far an event came. */
export function Reached({ state }: { state: State }) {
  const { t } = useTranslation();
  return <StatusTag status={LOOKS[state]} text={t(`happened.states.${state}`)} />;
}
