import { Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { useLeaveGuard } from '@/hooks/use-leave-guard';

/** Asks before unsaved changes are lost. */
export function LeaveGuard({ dirty }: { dirty: () => boolean }) {
  const { t } = useTranslation();
  const blocker = useLeaveGuard(dirty);
  return (
    <Modal
      open={blocker.state === 'blocked'}
      title={t('leave.title')}
      okText={t('leave.discard')}
      okButtonProps={{ danger: true }}
      cancelText={t('leave.stay')}
      onOk={() => blocker.proceed?.()}
      onCancel={() => blocker.reset?.()}
    >
      {t('leave.text')}
    </Modal>
  );
}
