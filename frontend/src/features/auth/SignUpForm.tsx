import { useMutation } from '@tanstack/react-query';
import { Button, Form, Input } from 'antd';
import type { FormInstance } from 'antd/es/form';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeBoxes } from '@/components/CodeBoxes';
import { ErrorNote } from '@/components/ErrorNote';
import { useCountdown } from '@/hooks/use-countdown';
import { ApiError } from '@/services/api-error';
import { auth } from '@/services/auth';
import { useSession } from '@/store/session';
import type { Registration } from '@/types/api';

const RESEND_AFTER = 60;

/** Puts the server's messages under their fields; true when all found one. */
function placeErrors(form: FormInstance<Registration>, error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  const fields = error.fields();
  if (error.code === 'CODE_INVALID' && !fields.code) fields.code = error.message;
  const known = (['username', 'email', 'password', 'code'] as const).filter((name) => fields[name]);
  form.setFields(known.map((name) => ({ name, errors: [fields[name] ?? ''] })));
  return known.length > 0 && known.length === Object.keys(fields).length;
}

function useSendCode(form: FormInstance<Registration>) {
  const [left, start] = useCountdown();
  const send = useMutation({
    mutationFn: (email: string) => auth.sendCode(email),
    onSuccess: (sent) => start(sent?.retry_after || RESEND_AFTER),
    onError: (error) => placeErrors(form, error),
  });
  const ask = () =>
    form.validateFields(['email']).then(
      ({ email }) => send.mutate(email.trim()),
      () => {},
    );
  return { left, ask, send };
}

export function SignUpForm() {
  const { t } = useTranslation();
  const [form] = Form.useForm<Registration>();
  const signIn = useSession((session) => session.signIn);
  const { left, ask, send } = useSendCode(form);
  const [placed, setPlaced] = useState(false);
  const register = useMutation({
    mutationFn: async (values: Registration) => {
      const { user } = await auth.register({ ...values, email: values.email.trim(), username: values.username.trim() });
      return auth.login(user.username, values.password);
    },
    onSuccess: signIn,
    onError: (error) => setPlaced(placeErrors(form, error)),
  });
  const required = { required: true, message: t('form.required') };
  const failure = (register.error && !placed ? register.error : null) ?? send.error;
  return (
    <Form<Registration>
      form={form}
      layout="vertical"
      requiredMark={false}
      validateTrigger="onBlur"
      onFinish={(values) => register.mutate(values)}
    >
      <Form.Item
        name="username"
        label={t('auth.username')}
        rules={[required, { min: 3, max: 32, message: t('auth.usernameLength') }]}
      >
        <Input autoComplete="username" size="large" autoFocus />
      </Form.Item>
      <Form.Item
        name="email"
        label={t('auth.email')}
        rules={[required, { type: 'email', message: t('auth.emailShape') }]}
      >
        <Input autoComplete="email" inputMode="email" size="large" />
      </Form.Item>
      <div className="wp-code-row">
        <Form.Item
          name="code"
          label={t('auth.code')}
          rules={[required, { len: 6, message: t('auth.codeLength') }]}
          validateTrigger={[]}
          className="mb-0"
        >
          <CodeBoxes label={t('auth.code')} />
        </Form.Item>
        <Button onClick={ask} disabled={left > 0} loading={send.isPending}>
          {left > 0 ? t('auth.resendIn', { seconds: left }) : t(send.isSuccess ? 'auth.resend' : 'auth.sendCode')}
        </Button>
      </div>
      <p className="wp-muted wp-hint" aria-live="polite">
        {send.isSuccess ? t('auth.codeSent') : t('auth.codeHint')}
      </p>
      <Form.Item
        name="password"
        label={t('auth.password')}
        rules={[required, { min: 8, max: 128, message: t('auth.passwordLength') }]}
      >
        <Input.Password autoComplete="new-password" size="large" />
      </Form.Item>
      {failure && (
        <div className="mb-4">
          <ErrorNote error={failure} />
        </div>
      )}
      <Button type="primary" htmlType="submit" size="large" block loading={register.isPending}>
        {t('auth.signUp')}
      </Button>
    </Form>
  );
}
