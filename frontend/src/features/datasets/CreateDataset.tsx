import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { ErrorNote } from '@/components/ErrorNote';
import { keys } from '@/hooks/keys';
import { useTranslation } from '@/hooks/use-translation';
import { datasets } from '@/services/datasets';

interface Wish {
  name: string;
  key: string[];
  description?: string;
}

/** Makes a dataset before there are records. */
export function CreateDataset() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<Wish>();
  const navigate = useNavigate();
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: ({ name, key, description }: Wish) =>
      datasets.create({ name: name.trim(), key: key.length > 0 ? key : undefined, description: description?.trim() }),
    onSuccess: async ({ name }) => {
      await client.invalidateQueries({ queryKey: keys.datasets.all });
      await navigate(`/data/${encodeURIComponent(name)}?tab=fields`);
    },
  });
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        {t('data.create')}
      </Button>
      <Drawer
        title={t('data.create')}
        open={open}
        onClose={() => setOpen(false)}
        size={440}
        extra={
          <Button type="primary" loading={create.isPending} onClick={() => form.submit()}>
            {t('data.createNow')}
          </Button>
        }
      >
        <Form
          form={form}
          layout="vertical"
          validateTrigger="onBlur"
          initialValues={{ key: [] }}
          onFinish={(wish) => create.mutate(wish)}
        >
          <Form.Item
            name="name"
            label={t('data.name')}
            extra={t('data.nameHelp')}
            rules={[{ required: true, whitespace: true, message: t('form.required') }]}
          >
            <Input autoFocus maxLength={100} placeholder="books" />
          </Form.Item>
          <Form.Item name="key" label={t('data.key')} extra={t('data.keyHelp')}>
            <Select
              mode="tags"
              open={false}
              suffixIcon={null}
              tokenSeparators={[',', '，', ' ']}
              placeholder="book_id"
            />
          </Form.Item>
          <Form.Item name="description" label={t('data.description')}>
            <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={1000} />
          </Form.Item>
          <button type="submit" hidden aria-hidden tabIndex={-1} />
        </Form>
        {create.error && <ErrorNote error={create.error} />}
      </Drawer>
    </>
  );
}
