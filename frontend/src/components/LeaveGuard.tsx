import { Modal } from 'antd';
import { useLeaveGuard } from '@/hooks/use-leave-guard';
import { useTranslation } from '@/hooks/use-translation';

/** Asks before unsaved changes are lost. */
export function LeaveGuard({ dirty }: { dirty: () => boolean }) {
  const { t } = useTranslation();
  const { asked, leave, stay } = useLeaveGuard(dirty);
  return (
    <Modal
      open={asked}
      title={t('leave.title')}
      okText={t('leave.discard')}
      okButtonProps={{ danger: true }}
      cancelText={t('leave.stay')}
      onOk={leave}
      onCancel={stay}
    >
      {t('leave.text')}
    </Modal>
  );
}
