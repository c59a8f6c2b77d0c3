import CheckCircleFilled from '@ant-design/icons/CheckCircleFilled';
import CloseCircleFilled from '@ant-design/icons/CloseCircleFilled';
import StopOutlined from '@ant-design/icons/StopOutlined';
import { useTranslation } from '@/hooks/use-translation';
import type { AuditOutcome } from '@/types/api';

const LOOKS: Record<AuditOutcome, { Icon: typeof StopOutlined; colour: string }> = {
  success: { Icon: CheckCircleFilled, colour: 'succeeded' },
  failure: { Icon: CloseCircleFilled, colour: 'failed' },
  denied: { Icon: StopOutlined, colour: 'timed_out' },
};

/** What became of it: colour, icon and word. */
export function Outcome({ outcome }: { outcome: AuditOutcome }) {
  const { t } = useTranslation();
  const { Icon, colour } = LOOKS[outcome];
  return (
    <span className={`wp-status wp-status-${colour}`}>
      <Icon aria-hidden />
      <span>{t(`audit.outcomes.${outcome}`)}</span>
    </span>
  );
}
