import { useTranslation } from 'react-i18next';
import { StatusTag } from '@/components/StatusTag';

/** Whether a sign of life came lately. */
export function Alive({ alive }: { alive: boolean }) {
  const { t } = useTranslation();
  return <StatusTag status={alive ? 'succeeded' : 'skipped'} text={t(alive ? 'platform.alive' : 'platform.gone')} />;
}
