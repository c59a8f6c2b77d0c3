import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Checkbox, Drawer, Form, Input } from 'antd';
import { useState } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { DescriptionField, NameField } from '@/features/secrets/NameField';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { kept } from '@/services/kept';
import type { Secret } from '@/types/api';

interface Wish {
  name: string;
  value: string;
  description?: string;
}

/** Keeps a secret, or puts another value in its place. Nobody sees it again. */
export function KeepSecret({ secret }: { secret?: Secret }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [shown, setShown] = useState(false);
  const [form] = Form.useForm<Wish>();
  const client = useQueryClient();
  const close = () => {
    setOpen(false);
    setShown(false);
  };
  const keep = useMutation({
    mutationFn: ({ name, value, description }: Wish) =>
      kept.putSecret(secret?.name ?? name, { value, description: description?.trim() || undefined }),
    onSuccess: async () => {
      close();
      await client.invalidateQueries({ queryKey: rareKeys.kept.secrets });
    },
  });
  return (
    <>
      <Button type={secret ? 'default' : 'primary'} onClick={() => setOpen(true)}>
        {t(secret ? 'secrets.replace' : 'secrets.create')}
      </Button>
      <Drawer
        title={secret?.name ?? t('secrets.create')}
        open={open}
        onClose={close}
        size={460}
        destroyOnHidden
        extra={
          <Button type="primary" loading={keep.isPending} onClick={() => form.submit()}>
            {t('secrets.keep')}
          </Button>
        }
      >
        <Form
          form={form}
          layout="vertical"
          validateTrigger="onBlur"
          preserve={false}
          initialValues={{ description: secret?.description ?? undefined }}
          onFinish={(wish) => keep.mutate(wish)}
        >
          {!secret && <NameField example="SHOP_API_KEY" />}
          <Form.Item
            name="value"
            label={t('secrets.value')}
            extra={t('secrets.valueHelp')}
            rules={[{ required: true, message: t('form.required') }]}
          >
            <Input.TextArea
              autoFocus={Boolean(secret)}
              autoComplete="off"
              spellCheck={false}
              autoSize={{ minRows: 2, maxRows: 10 }}
              className={shown ? 'wp-mono' : 'wp-mono wp-masked'}
            />
          </Form.Item>
          <Form.Item>
            <Checkbox checked={shown} onChange={(event) => setShown(event.target.checked)}>
              {t('secrets.show')}
            </Checkbox>
          </Form.Item>
          <DescriptionField />
        </Form>
        {keep.error && <ErrorNote error={keep.error} />}
      </Drawer>
    </>
  );
}
