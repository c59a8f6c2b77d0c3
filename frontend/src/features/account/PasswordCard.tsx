import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import type { FormEvent } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { Note } from '@/components/Note';
import { TextField } from '@/components/TextField';
import { Card } from '@/features/account/Card';
import type { Guard } from '@/features/account/guard';
import { keys } from '@/hooks/keys';
import { useFields } from '@/hooks/use-fields';
import { useTranslation } from '@/hooks/use-translation';
import { account } from '@/services/account';
import { ApiError } from '@/services/api-error';

export function PasswordCard({ guard }: { guard: Guard }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const length = (text: string) => (text.length < 8 || text.length > 128 ? t('auth.passwordLength') : null);
  const required = (text: string) => (text ? null : t('form.required'));
  const fields = useFields({ current_password: required, new_password: length });
  const change = useMutation({
    mutationFn: () => guard(() => account.changePassword(fields.values.current_password, fields.values.new_password)),
    onSuccess: () => {
      for (const name of ['current_password', 'new_password'] as const) {
        fields.field(name).onChange('');
        fields.calm(name);
      }
      void client.invalidateQueries({ queryKey: keys.account.sessions });
    },
    onError: (error) => error instanceof ApiError && fields.say(error.fields()),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (fields.check()) change.mutate();
  };
  const placed = change.error instanceof ApiError && Object.keys(change.error.fields()).length > 0;
  return (
    <Card title={t('security.passwordTitle')}>
      <form className="wp-form" onSubmit={submit} noValidate>
        <TextField
          {...fields.field('current_password')}
          label={t('security.currentPassword')}
          autoComplete="current-password"
          secret
        />
        <TextField {...fields.field('new_password')} label={t('auth.newPassword')} autoComplete="new-password" secret />
        {change.error && !placed && <ErrorNote error={change.error} />}
        {change.isSuccess && <Note kind="success" title={t('security.passwordChanged')} />}
        <div>
          <Button htmlType="submit" loading={change.isPending}>
            {t('security.changePassword')}
          </Button>
        </div>
      </form>
    </Card>
  );
}
