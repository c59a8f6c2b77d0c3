import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Checkbox, Drawer, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { MadeKey } from '@/features/account/keys/MadeKey';
import { scopeText } from '@/features/account/keys/scope';
import { useStepUp } from '@/features/account/use-step-up';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { apiKeys } from '@/services/api-keys';
import { useSession } from '@/store/session';
import type { NewApiKey, Permission } from '@/types/api';

interface Wish {
  name: string;
  scopes: Permission[];
  days: number;
}

const LIVES = [30, 90, 180, 365];
const DAY = 24 * 3600 * 1000;

/** A group of boxes cannot say that it is required, so its rule is not of that kind. */
const named = (message: string) => async (_: unknown, scopes: Permission[]) => {
  if (scopes.length === 0) throw new Error(message);
};

/** A drawer for the wish; what comes of it is shown once. */
export function CreateKey() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [made, setMade] = useState<NewApiKey | null>(null);
  const [form] = Form.useForm<Wish>();
  const may = useSession((session) => session.user?.permissions) ?? [];
  const client = useQueryClient();
  const [guard, dialog] = useStepUp();
  const create = useMutation({
    mutationFn: ({ name, scopes, days }: Wish) => {
      const expires_at = new Date(Date.now() + days * DAY).toISOString();
      return guard(() => apiKeys.create({ name: name.trim(), scopes, expires_at }));
    },
    onSuccess: async (key) => {
      setMade(key);
      setOpen(false);
      form.resetFields();
      await client.invalidateQueries({ queryKey: rareKeys.apiKeys.all });
    },
  });
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        {t('keys.create')}
      </Button>
      <Drawer
        title={t('keys.create')}
        open={open}
        onClose={() => setOpen(false)}
        size={440}
        extra={
          <Button type="primary" loading={create.isPending} onClick={() => form.submit()}>
            {t('keys.createNow')}
          </Button>
        }
      >
        <Form
          form={form}
          layout="vertical"
          validateTrigger="onBlur"
          initialValues={{ scopes: [], days: 90 }}
          onFinish={(wish) => create.mutate(wish)}
        >
          <Form.Item
            name="name"
            label={t('keys.name')}
            extra={t('keys.nameHelp')}
            rules={[
              { required: true, whitespace: true, message: t('form.required') },
              { max: 60, message: t('form.maxLength', { count: 60 }) },
            ]}
          >
            <Input autoFocus maxLength={80} />
          </Form.Item>
          <Form.Item name="days" label={t('keys.life')}>
            <Select options={LIVES.map((days) => ({ value: days, label: t('keys.days', { count: days }) }))} />
          </Form.Item>
          <Form.Item name="scopes" label={t('keys.scopes')} rules={[{ validator: named(t('form.required')) }]}>
            <Checkbox.Group className="wp-scopes">
              {may.map((scope) => (
                <Checkbox key={scope} value={scope}>
                  {t(scopeText(scope))} <code className="wp-muted">{scope}</code>
                </Checkbox>
              ))}
            </Checkbox.Group>
          </Form.Item>
        </Form>
        {create.error && <ErrorNote error={create.error} />}
      </Drawer>
      {dialog}
      {made && <MadeKey made={made} onDone={() => setMade(null)} />}
    </>
  );
}
