import { useMutation } from '@tanstack/react-query';
import { Button } from 'antd';
import type { FormEvent } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { TextField } from '@/components/TextField';
import { SecondStep } from '@/features/auth/SecondStep';
import { useFields } from '@/hooks/use-fields';
import { useTranslation } from '@/hooks/use-translation';
import { ApiError } from '@/services/api-error';
import { auth } from '@/services/auth';
import { useSession } from '@/store/session';

const wantsSecond = (error: Error | null) => error instanceof ApiError && error.code === 'TOTP_REQUIRED';

export function SignInForm() {
  const { t } = useTranslation();
  const signIn = useSession((session) => session.signIn);
  const required = (value: string) => (value.trim() ? null : t('form.required'));
  const { values, field, check } = useFields({ identifier: required, password: required });
  const identifier = values.identifier.trim();
  const login = useMutation({
    mutationFn: () => auth.login(identifier, values.password),
    onSuccess: signIn,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (check()) login.mutate();
  };
  if (wantsSecond(login.error)) {
    return <SecondStep identifier={identifier} password={values.password} onBack={login.reset} />;
  }
  return (
    <form className="wp-form" onSubmit={submit} noValidate>
      <TextField {...field('identifier')} label={t('auth.identifier')} autoComplete="username" autoFocus />
      <TextField {...field('password')} label={t('auth.password')} autoComplete="current-password" secret />
      {login.error && <ErrorNote error={login.error} />}
      <Button type="primary" htmlType="submit" size="large" block loading={login.isPending}>
        {t('auth.signIn')}
      </Button>
    </form>
  );
}
