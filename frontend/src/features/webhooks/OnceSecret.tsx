import { Button, Modal } from 'antd';
import { useCopy } from '@/hooks/use-copy';
import { useTranslation } from '@/hooks/use-translation';

/** The only time that the secret is seen. It is not closed by accident. */
export function OnceSecret({ secret, onDone }: { secret: string; onDone: () => void }) {
  const { t } = useTranslation();
  const [copied, copy] = useCopy();
  return (
    <Modal
      open
      title={t('webhooks.secretTitle')}
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
      footer={[
        <Button key="copy" type="primary" onClick={() => copy(secret)}>
          {t(copied ? 'common.copied' : 'webhooks.copy')}
        </Button>,
        <Button key="done" onClick={onDone}>
          {t('webhooks.done')}
        </Button>,
      ]}
    >
      <p>{t('webhooks.secretText')}</p>
      <code className="wp-secret">{secret}</code>
    </Modal>
  );
}
