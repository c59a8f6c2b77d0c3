import { Button } from 'antd';
import { ErrorNote } from '@/components/ErrorNote';
import { TextField } from '@/components/TextField';
import { CodeRow } from '@/features/auth/CodeRow';
import { registrationRules } from '@/features/auth/rules';
import { useCodedForm } from '@/features/auth/use-coded-form';
import { useTranslation } from '@/hooks/use-translation';
import { auth } from '@/services/auth';

export function SignUpForm() {
  const { t } = useTranslation();
  const form = useCodedForm(registrationRules(t), 'register', async ({ username, email, code, password }) => {
    const { user } = await auth.register({ username: username.trim(), email, code, password });
    return auth.login(user.username, password);
  });
  const { fields, codeRow, onSubmit, busy, failure } = form;
  return (
    <form className="wp-form" onSubmit={onSubmit} noValidate>
      <TextField {...fields.field('username')} label={t('auth.username')} autoComplete="username" autoFocus />
      <TextField {...fields.field('email')} label={t('auth.email')} autoComplete="email" inputMode="email" />
      <CodeRow {...codeRow} sent={t('auth.codeSent')} />
      <TextField {...fields.field('password')} label={t('auth.password')} autoComplete="new-password" secret />
      {failure && <ErrorNote error={failure} />}
      <Button type="primary" htmlType="submit" size="large" block loading={busy}>
        {t('auth.signUp')}
      </Button>
    </form>
  );
}
