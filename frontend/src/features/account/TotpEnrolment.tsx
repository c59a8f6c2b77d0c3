import { useMutation } from '@tanstack/react-query';
import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { CodeBoxes } from '@/components/CodeBoxes';
import { ErrorNote } from '@/components/ErrorNote';
import type { Guard } from '@/features/account/guard';
import { useCopy } from '@/hooks/use-copy';
import { useTranslation } from '@/hooks/use-translation';
import { account } from '@/services/account';
import type { Enrolment } from '@/types/api';

interface Props {
  enrolment: Enrolment;
  guard: Guard;
  onDone: (recoveryCodes: string[]) => void;
}

/** The secret as a picture and as text, and the first code that proves it arrived. */
export function TotpEnrolment({ enrolment, guard, onDone }: Props) {
  const { t } = useTranslation();
  const [copied, copy] = useCopy();
  const [code, setCode] = useState('');
  const confirm = useMutation({
    mutationFn: () => guard(() => account.confirmTotp(code)),
    onSuccess: (made) => onDone(made.recovery_codes),
    onError: () => setCode(''),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (code.length === 6) confirm.mutate();
  };
  return (
    <form className="wp-form" onSubmit={submit} noValidate>
      <p>{t('security.totpScan')}</p>
      {enrolment.qr_svg && (
        <img
          className="wp-qr"
          width="200"
          height="200"
          alt={t('security.qr')}
          src={`data:image/svg+xml;utf8,${encodeURIComponent(enrolment.qr_svg)}`}
        />
      )}
      <p className="flex flex-wrap items-center gap-2">
        <span className="wp-muted">{t('security.totpKey')}</span>
        <code className="break-all" data-testid="totp-key">
          {enrolment.secret}
        </code>
        <Button size="small" onClick={() => copy(enrolment.secret)}>
          {copied ? t('common.copied') : t('common.copy')}
        </Button>
      </p>
      <CodeBoxes label={t('secondStep.totp')} value={code} error={null} onChange={setCode} />
      {confirm.error && <ErrorNote error={confirm.error} />}
      <div>
        <Button type="primary" htmlType="submit" loading={confirm.isPending} disabled={code.length < 6}>
          {t('security.totpConfirm')}
        </Button>
      </div>
    </form>
  );
}
