import { Form, Input } from 'antd';
import { useTranslation } from '@/hooks/use-translation';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The name by which expressions find it. */
export function NameField({ example }: { example: string }) {
  const { t } = useTranslation();
  return (
    <Form.Item
      name="name"
      label={t('secrets.name')}
      extra={t('secrets.nameHelp')}
      rules={[
        { required: true, message: t('form.required') },
        { pattern: NAME, message: t('form.pattern') },
      ]}
    >
      <Input autoFocus autoComplete="off" maxLength={64} placeholder={example} className="wp-mono" />
    </Form.Item>
  );
}

export function DescriptionField() {
  const { t } = useTranslation();
  return (
    <Form.Item name="description" label={t('secrets.description')}>
      <Input maxLength={200} />
    </Form.Item>
  );
}
