import { Button } from 'antd';
import { ErrorNote } from '@/components/ErrorNote';
import { TextField } from '@/components/TextField';
import { CodeRow } from '@/features/auth/CodeRow';
import { registrationRules } from '@/features/auth/rules';
import { useCodedForm } from '@/features/auth/use-coded-form';
import { useTranslation } from '@/hooks/use-translation';
import { auth } from '@/services/auth';

/** A new password for somebody who reads the mail of their account. */
export function ResetForm() {
  const { t } = useTranslation();
  const { email, code, password } = registrationRules(t);
  const form = useCodedForm({ email, code, password }, 'reset_password', async (values) => {
    await auth.resetPassword({ email: values.email, code: values.code, new_password: values.password });
    return auth.login(values.email, values.password);
  });
  const { fields, codeRow, onSubmit, busy, failure } = form;
  return (
    <form className="wp-form" onSubmit={onSubmit} noValidate>
      <TextField {...fields.field('email')} label={t('auth.email')} autoComplete="email" inputMode="email" autoFocus />
      <CodeRow {...codeRow} sent={t('auth.resetSent')} />
      <TextField {...fields.field('password')} label={t('auth.newPassword')} autoComplete="new-password" secret />
      {failure && <ErrorNote error={failure} />}
      <Button type="primary" htmlType="submit" size="large" block loading={busy}>
        {t('auth.reset')}
      </Button>
    </form>
  );
}
