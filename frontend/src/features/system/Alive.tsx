import { StatusTag } from '@/components/StatusTag';
import { useTranslation } from '@/hooks/use-translation';

/** Whether a sign of life came lately. */
export function Alive({ alive }: { alive: boolean }) {
  const { t } = useTranslation();
  return <StatusTag status={alive ? 'succeeded' : 'skipped'} text={t(alive ? 'platform.alive' : 'platform.gone')} />;
}
