import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { ErrorNote } from '@/components/ErrorNote';
import { keys } from '@/hooks/keys';
import { proxies } from '@/services/proxies';

export function CreatePool() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<{ name: string }>();
  const navigate = useNavigate();
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: ({ name }: { name: string }) => proxies.create(name.trim()),
    onSuccess: async (pool) => {
      await client.invalidateQueries({ queryKey: keys.pools.all });
      await navigate(`/proxies/${pool.id}`);
    },
  });
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        {t('proxies.create')}
      </Button>
      <Drawer
        title={t('proxies.create')}
        open={open}
        onClose={() => setOpen(false)}
        size={420}
        extra={
          <Button type="primary" loading={create.isPending} onClick={() => form.submit()}>
            {t('proxies.createNow')}
          </Button>
        }
      >
        <Form form={form} layout="vertical" validateTrigger="onBlur" onFinish={(values) => create.mutate(values)}>
          <Form.Item
            name="name"
            label={t('proxies.name')}
            extra={t('proxies.nameHelp')}
            rules={[
              { required: true, message: t('form.required') },
              { pattern: /^[\p{L}\p{N}_.-]+$/u, message: t('proxies.nameShape') },
            ]}
          >
            <Input autoFocus placeholder="default" />
          </Form.Item>
        </Form>
        {create.error && <ErrorNote error={create.error} />}
      </Drawer>
    </>
  );
}
