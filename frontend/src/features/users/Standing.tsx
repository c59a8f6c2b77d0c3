import CheckCircleFilled from '@ant-design/icons/CheckCircleFilled';
import MinusCircleOutlined from '@ant-design/icons/MinusCircleOutlined';
import StopOutlined from '@ant-design/icons/StopOutlined';
import { useTranslation } from '@/hooks/use-translation';
import type { UserStatus } from '@/types/api';

const LOOKS: Record<UserStatus, { Icon: typeof StopOutlined; colour: string }> = {
  active: { Icon: CheckCircleFilled, colour: 'succeeded' },
  suspended: { Icon: StopOutlined, colour: 'failed' },
  deleting: { Icon: MinusCircleOutlined, colour: 'cancelled' },
  deleted: { Icon: MinusCircleOutlined, colour: 'skipped' },
};

/** Whether somebody is let in: colour, icon and word. */
export function Standing({ status }: { status: UserStatus }) {
  const { t } = useTranslation();
  const { Icon, colour } = LOOKS[status];
  return (
    <span className={`wp-status wp-status-${colour}`}>
      <Icon aria-hidden />
      <span>{t(`people.statuses.${status}`)}</span>
    </span>
  );
}
