import { Button, Modal } from 'antd';
import { useCopy } from '@/hooks/use-copy';
import { useTranslation } from '@/hooks/use-translation';
import type { NewApiKey } from '@/types/api';

/** The only time that the whole key is seen. It is not closed by accident. */
export function MadeKey({ made, onDone }: { made: NewApiKey; onDone: () => void }) {
  const { t } = useTranslation();
  const [copied, copy] = useCopy();
  return (
    <Modal
      open
      title={t('keys.madeTitle')}
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
      footer={[
        <Button key="copy" type="primary" onClick={() => copy(made.key)}>
          {t(copied ? 'common.copied' : 'keys.copy')}
        </Button>,
        <Button key="done" onClick={onDone}>
          {t('keys.done')}
        </Button>,
      ]}
    >
      <p>{t('keys.madeText')}</p>
      <code className="wp-secret">{made.key}</code>
    </Modal>
  );
}
