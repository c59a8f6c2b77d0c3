import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import type { FormEvent } from 'react';
import { CodeBoxes } from '@/components/CodeBoxes';
import { ErrorNote } from '@/components/ErrorNote';
import { Note } from '@/components/Note';
import { TextField } from '@/components/TextField';
import { Card } from '@/features/account/Card';
import type { Guard } from '@/features/account/guard';
import { keys } from '@/hooks/keys';
import { useCountdown } from '@/hooks/use-countdown';
import { useFields } from '@/hooks/use-fields';
import { useTranslation } from '@/hooks/use-translation';
import { account } from '@/services/account';
import { useSession } from '@/store/session';
import type { Me } from '@/types/api';

/** A new address, proved by the code that is mailed there. */
export function EmailCard({ me, guard }: { me: Me; guard: Guard }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const signIn = useSession((session) => session.signIn);
  const [left, start] = useCountdown();
  const { values, field, check } = useFields({
    email: (text) => (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim()) ? null : t('auth.emailShape')),
    code: (text) => (text.length === 6 ? null : t('auth.codeLength')),
  });
  const email = values.email.trim();
  const send = useMutation({
    mutationFn: () => account.sendEmailCode(email),
    onSuccess: (sent) => start(sent.retry_after),
  });
  const change = useMutation({
    mutationFn: () => guard(() => account.changeEmail(email, values.code)),
    onSuccess: (user) => {
      signIn(user);
      void client.invalidateQueries({ queryKey: keys.account.me });
      void client.invalidateQueries({ queryKey: keys.account.sessions });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (check()) change.mutate();
  };
  const { value, error, onChange } = field('code');
  const failure = change.error ?? send.error;
  return (
    <Card title={t('security.emailTitle')}>
      <p className="break-all">{t('security.emailNow', { email: me.email })}</p>
      <form className="wp-form" onSubmit={submit} noValidate>
        <TextField {...field('email')} label={t('security.newEmail')} autoComplete="email" inputMode="email" />
        <div className="wp-code-row">
          <CodeBoxes label={t('auth.code')} value={value} error={error} onChange={onChange} />
          <Button onClick={() => check(['email']) && send.mutate()} disabled={left > 0} loading={send.isPending}>
            {left > 0 ? t('auth.resendIn', { seconds: left }) : t('auth.sendCode')}
          </Button>
        </div>
        {error && <p className="wp-field-error">{error}</p>}
        {failure && <ErrorNote error={failure} />}
        {change.isSuccess && <Note kind="success" title={t('security.emailChanged')} />}
        {send.isSuccess && !change.isSuccess && <p className="wp-muted">{t('security.emailSent')}</p>}
        <div>
          <Button htmlType="submit" loading={change.isPending}>
            {t('security.changeEmail')}
          </Button>
        </div>
      </form>
    </Card>
  );
}
