import { Button } from 'antd';
import { CodeBoxes } from '@/components/CodeBoxes';
import { useTranslation } from '@/hooks/use-translation';

interface Props {
  field: { value: string; error: string | null; onChange: (value: string) => void };
  /** What became of the last request for a code. */
  send: { isPending: boolean; isSuccess: boolean };
  /** Seconds until the next can be had. */
  left: number;
  onAsk: () => void;
  /** Says that it is on its way. */
  sent: string;
}

/** The six boxes, and the button that has a code mailed. */
export function CodeRow({ field: code, send, left, onAsk, sent }: Props) {
  const { t } = useTranslation();
  return (
    <div className="wp-field">
      <div className="wp-code-row">
        <CodeBoxes label={t('auth.code')} value={code.value} error={code.error} onChange={code.onChange} />
        <Button onClick={onAsk} disabled={left > 0} loading={send.isPending}>
          {left > 0 ? t('auth.resendIn', { seconds: left }) : t(send.isSuccess ? 'auth.resend' : 'auth.sendCode')}
        </Button>
      </div>
      <p className={code.error ? 'wp-field-error' : 'wp-muted wp-hint'} aria-live="polite">
        {code.error ?? (send.isSuccess ? sent : t('auth.codeHint'))}
      </p>
    </div>
  );
}
