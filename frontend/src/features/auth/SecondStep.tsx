import { useMutation } from '@tanstack/react-query';
import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { CodeBoxes } from '@/components/CodeBoxes';
import { ErrorNote } from '@/components/ErrorNote';
import { TextField } from '@/components/TextField';
import { useTranslation } from '@/hooks/use-translation';
import '@/locales/second-step';
import { auth } from '@/services/auth';
import { useSession } from '@/store/session';
import type { SecondFactor } from '@/types/api';

interface Props {
  identifier: string;
  password: string;
  onBack: () => void;
}

/** Asks for what proves somebody beside the password. Six digits are sent as soon as they are there. */
export function SecondStep({ identifier, password, onBack }: Props) {
  const { t } = useTranslation();
  const signIn = useSession((session) => session.signIn);
  const [recovery, setRecovery] = useState(false);
  const [code, setCode] = useState('');
  const login = useMutation({
    mutationFn: (second: SecondFactor) => auth.login(identifier, password, second),
    onSuccess: signIn,
    onError: () => setCode(''),
  });
  const send = (text: string) => login.mutate(recovery ? { recovery_code: text.trim() } : { totp: text });
  const change = (text: string) => {
    setCode(text);
    if (!recovery && text.length === 6 && !login.isPending) send(text);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (code.trim()) send(code);
  };
  const other = () => {
    setRecovery(!recovery);
    setCode('');
    login.reset();
  };
  return (
    <form className="wp-form" onSubmit={submit} noValidate>
      {recovery ? (
        <TextField
          label={t('secondStep.recovery')}
          value={code}
          error={null}
          onChange={setCode}
          onLeave={() => {}}
          autoComplete="off"
          autoFocus
        />
      ) : (
        <CodeBoxes label={t('secondStep.totp')} value={code} error={null} onChange={change} />
      )}
      <p className="wp-muted wp-hint">{t(recovery ? 'secondStep.recoveryHint' : 'secondStep.totpHint')}</p>
      {login.error && <ErrorNote error={login.error} />}
      <Button type="primary" htmlType="submit" size="large" block loading={login.isPending}>
        {t('secondStep.continue')}
      </Button>
      <Button type="text" onClick={other}>
        {t(recovery ? 'secondStep.useTotp' : 'secondStep.useRecovery')}
      </Button>
      <Button type="text" onClick={onBack}>
        {t('secondStep.back')}
      </Button>
    </form>
  );
}
