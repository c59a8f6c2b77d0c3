import { useMutation } from '@tanstack/react-query';
import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeBoxes } from '@/components/CodeBoxes';
import { ErrorNote } from '@/components/ErrorNote';
import { TextField } from '@/components/TextField';
import { registrationRules } from '@/features/auth/rules';
import { useCountdown } from '@/hooks/use-countdown';
import { useFields } from '@/hooks/use-fields';
import { ApiError } from '@/services/api-error';
import { auth } from '@/services/auth';
import { useSession } from '@/store/session';
import type { Registration } from '@/types/api';

const RESEND_AFTER = 60;
const NAMES = ['username', 'email', 'code', 'password'] as const;

/** The server's messages by field, and whether all of them have a field here. */
function messagesOf(error: unknown): { messages: Record<string, string>; placed: boolean } {
  if (!(error instanceof ApiError)) return { messages: {}, placed: false };
  const messages = error.fields();
  if (error.code === 'CODE_INVALID' && !messages.code) messages.code = error.message;
  const found = Object.keys(messages);
  return { messages, placed: found.length > 0 && found.every((name) => NAMES.some((one) => one === name)) };
}

/** The form's values, and the two requests it makes. */
function useRegistration() {
  const { t } = useTranslation();
  const signIn = useSession((session) => session.signIn);
  const fields = useFields<keyof Registration>(registrationRules(t));
  const { username, email, code, password } = fields.values;
  const [left, start] = useCountdown();
  const [failure, setFailure] = useState<Error | null>(null);
  const onError = (error: Error) => {
    const { messages, placed } = messagesOf(error);
    fields.say(messages);
    setFailure(placed ? null : error);
  };
  const onMutate = () => setFailure(null);
  const send = useMutation({
    mutationFn: () => auth.sendCode(email.trim()),
    onMutate,
    onSuccess: (sent) => {
      start(sent.retry_after || RESEND_AFTER);
      fields.calm('code');
    },
    onError,
  });
  const register = useMutation({
    mutationFn: async () => {
      const { user } = await auth.register({ username: username.trim(), email: email.trim(), code, password });
      return auth.login(user.username, password);
    },
    onMutate,
    onSuccess: signIn,
    onError,
  });
  return { fields, send, register, failure, left };
}

function CodeRow({ registration }: { registration: ReturnType<typeof useRegistration> }) {
  const { t } = useTranslation();
  const { fields, send, left } = registration;
  const code = fields.field('code');
  const ask = () => fields.check(['email']) && send.mutate();
  return (
    <div className="wp-field">
      <div className="wp-code-row">
        <CodeBoxes label={t('auth.code')} value={code.value} error={code.error} onChange={code.onChange} />
        <Button onClick={ask} disabled={left > 0} loading={send.isPending}>
          {left > 0 ? t('auth.resendIn', { seconds: left }) : t(send.isSuccess ? 'auth.resend' : 'auth.sendCode')}
        </Button>
      </div>
      <p className={code.error ? 'wp-field-error' : 'wp-muted wp-hint'} aria-live="polite">
        {code.error ?? t(send.isSuccess ? 'auth.codeSent' : 'auth.codeHint')}
      </p>
    </div>
  );
}

export function SignUpForm() {
  const { t } = useTranslation();
  const registration = useRegistration();
  const { fields, register, failure } = registration;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (fields.check()) register.mutate();
  };
  return (
    <form className="wp-form" onSubmit={submit} noValidate>
      <TextField {...fields.field('username')} label={t('auth.username')} autoComplete="username" autoFocus />
      <TextField {...fields.field('email')} label={t('auth.email')} autoComplete="email" inputMode="email" />
      <CodeRow registration={registration} />
      <TextField {...fields.field('password')} label={t('auth.password')} autoComplete="new-password" secret />
      {failure && <ErrorNote error={failure} />}
      <Button type="primary" htmlType="submit" size="large" block loading={register.isPending}>
        {t('auth.signUp')}
      </Button>
    </form>
  );
}
