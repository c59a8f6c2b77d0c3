import { Form, type FormInstance, Input, InputNumber, Select } from 'antd';
import { useTranslation } from '@/hooks/use-translation';
import type { PoolTerms, Strategy } from '@/types/api';

const WIDE = { width: '100%' };

const STRATEGIES: Strategy[] = ['round_robin', 'random', 'least_used', 'sticky', 'smart'];

interface Props {
  form: FormInstance<PoolTerms>;
  initial: Partial<PoolTerms>;
  onSubmit: (terms: PoolTerms) => void;
}

/** Name and terms of a pool. */
export function PoolForm({ form, initial, onSubmit }: Props) {
  const { t } = useTranslation();
  const strategy = Form.useWatch('strategy', form) ?? initial.strategy ?? 'round_robin';
  const number = (name: keyof PoolTerms, min: number, max: number, required = true) => (
    <Form.Item
      name={name}
      label={t(`proxies.terms.${name}`)}
      extra={t(`proxies.terms.${name}_help`)}
      rules={required ? [{ required: true, message: t('form.required') }] : []}
    >
      <InputNumber style={WIDE} precision={0} min={min} max={max} />
    </Form.Item>
  );
  const address = (name: 'test_target' | 'judge') => (
    <Form.Item
      name={name}
      label={t(`proxies.terms.${name}`)}
      extra={t(`proxies.terms.${name}_help`)}
      rules={[{ type: 'url', message: t('proxies.urlShape') }]}
    >
      <Input placeholder="https://example.com/" maxLength={2048} />
    </Form.Item>
  );
  return (
    <Form form={form} layout="vertical" validateTrigger="onBlur" initialValues={initial} onFinish={onSubmit}>
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
      <Form.Item name="strategy" label={t('proxies.strategy')} extra={t(`proxies.strategyHelp.${strategy}`)}>
        <Select options={STRATEGIES.map((value) => ({ value, label: t(`proxies.strategies.${value}`) }))} />
      </Form.Item>
      {number('parallel_limit', 1, 1000)}
      {number('sticky_ttl', 1, 86_400)}
      {number('sticky_uses', 1, 1_000_000, false)}
      {number('check_every', 60, 86_400, false)}
      {address('test_target')}
      {address('judge')}
      <button type="submit" hidden aria-hidden tabIndex={-1} />
    </Form>
  );
}
