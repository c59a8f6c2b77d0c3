import { useMutation } from '@tanstack/react-query';
import { Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { ErrorNote } from '@/components/ErrorNote';
import { auth } from '@/services/auth';
import { useSession } from '@/store/session';

interface Values {
  identifier: string;
  password: string;
}

export function SignInForm() {
  const { t } = useTranslation();
  const signIn = useSession((session) => session.signIn);
  const login = useMutation({
    mutationFn: ({ identifier, password }: Values) => auth.login(identifier.trim(), password),
    onSuccess: signIn,
  });
  const required = [{ required: true, message: t('form.required') }];
  return (
    <Form<Values>
      layout="vertical"
      requiredMark={false}
      validateTrigger="onBlur"
      onFinish={(values) => login.mutate(values)}
    >
      <Form.Item name="identifier" label={t('auth.identifier')} rules={required}>
        <Input autoComplete="username" autoFocus size="large" />
      </Form.Item>
      <Form.Item name="password" label={t('auth.password')} rules={required}>
        <Input.Password autoComplete="current-password" size="large" />
      </Form.Item>
      {login.error && (
        <div className="mb-4">
          <ErrorNote error={login.error} />
        </div>
      )}
      <Button type="primary" htmlType="submit" size="large" block loading={login.isPending}>
        {t('auth.signIn')}
      </Button>
    </Form>
  );
}
