import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { apiKeys } from '@/services/api-keys';

export function RenameKey({ id, name }: { id: string; name: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<{ name: string }>();
  const client = useQueryClient();
  const rename = useMutation({
    mutationFn: (values: { name: string }) => apiKeys.rename(id, values.name.trim()),
    onSuccess: async () => {
      setOpen(false);
      await client.invalidateQueries({ queryKey: rareKeys.apiKeys.all });
    },
  });
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('keys.rename')}</Button>
      <Modal
        open={open}
        title={t('keys.renameTitle', { name })}
        okText={t('keys.renameNow')}
        okButtonProps={{ loading: rename.isPending }}
        cancelText={t('common.cancel')}
        onOk={() => form.submit()}
        onCancel={() => setOpen(false)}
        destroyOnHidden
      >
        <Form
          form={form}
          layout="vertical"
          initialValues={{ name }}
          preserve={false}
          onFinish={(values) => rename.mutate(values)}
        >
          <Form.Item
            name="name"
            label={t('keys.name')}
            rules={[
              { required: true, whitespace: true, message: t('form.required') },
              { max: 60, message: t('form.maxLength', { count: 60 }) },
            ]}
          >
            <Input autoFocus maxLength={80} />
          </Form.Item>
        </Form>
        {rename.error && <ErrorNote error={rename.error} />}
      </Modal>
    </>
  );
}
