import { Button } from 'antd';
import { Note } from '@/components/Note';
import { useCopy } from '@/hooks/use-copy';
import { useTranslation } from '@/hooks/use-translation';

/** Codes that are shown this once. */
export function RecoveryCodeList({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const { t } = useTranslation();
  const [copied, copy] = useCopy();
  return (
    <div className="wp-form">
      <Note kind="warning" title={t('security.codesTitle')}>
        {t('security.codesText')}
      </Note>
      <ul className="wp-recovery-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => copy(codes.join('\n'))}>{copied ? t('common.copied') : t('security.codesCopy')}</Button>
        <Button type="primary" onClick={onDone}>
          {t('security.codesDone')}
        </Button>
      </div>
    </div>
  );
}
