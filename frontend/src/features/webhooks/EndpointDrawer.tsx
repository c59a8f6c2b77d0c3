import { Button, Drawer, Form, Input, Switch } from 'antd';
import { ErrorNote } from '@/components/ErrorNote';
import { useTranslation } from '@/hooks/use-translation';
import type { Endpoint, EndpointWish } from '@/types/api';

interface Props {
  open: boolean;
  endpoint?: Endpoint;
  pending: boolean;
  error: unknown;
  onKeep: (wish: EndpointWish) => void;
  onClose: () => void;
}

/** Where messages are to go. */
export function EndpointDrawer({ open, endpoint, pending, error, onKeep, onClose }: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm<EndpointWish>();
  return (
    <Drawer
      title={t(endpoint ? 'webhooks.change' : 'webhooks.create')}
      open={open}
      onClose={onClose}
      size={460}
      destroyOnHidden
      extra={
        <Button type="primary" loading={pending} onClick={() => form.submit()}>
          {t(endpoint ? 'webhooks.save' : 'webhooks.keep')}
        </Button>
      }
    >
      <Form
        form={form}
        layout="vertical"
        validateTrigger="onBlur"
        preserve={false}
        initialValues={endpoint ?? { enabled: true }}
        onFinish={onKeep}
      >
        <Form.Item
          name="url"
          label={t('webhooks.url')}
          rules={[
            { required: true, message: t('form.required') },
            { pattern: /^https?:\/\/./, message: t('form.pattern') },
          ]}
        >
          <Input autoFocus type="url" placeholder="https://hooks.example.com/workflows" />
        </Form.Item>
        <Form.Item name="description" label={t('webhooks.description')}>
          <Input maxLength={500} />
        </Form.Item>
        <Form.Item name="enabled" valuePropName="checked" label={t('webhooks.enabled')}>
          <Switch />
        </Form.Item>
      </Form>
      {Boolean(error) && <ErrorNote error={error} />}
    </Drawer>
  );
}
