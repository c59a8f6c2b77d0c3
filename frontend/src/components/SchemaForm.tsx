import { Form, Input, InputNumber, Select, Switch } from 'antd';
import type { FormInstance, Rule } from 'antd/es/form';
import { type ComponentProps, lazy, type ReactNode, Suspense } from 'react';
import { useTranslation } from '@/hooks/use-translation';
import type { Translate } from '@/locales/texts';
import type { JsonObject } from '@/types/api';
import { type Field, initialValues, isJson, paramsOf } from '@/utils/schema';

const WIDE = { width: '100%' };

const FilePicker = lazy(() => import('@/components/FilePicker'));

/** Takes what a form gives its fields, and hands it on once the picker is there. */
const Files = (given: ComponentProps<typeof FilePicker>) => (
  <Suspense>
    <FilePicker {...given} />
  </Suspense>
);

interface Props {
  form: FormInstance;
  fields: Field[];
  onSubmit: (params: JsonObject) => void;
}

const INPUTS: Record<Field['kind'], (field: Field) => ReactNode> = {
  text: () => <Input />,
  integer: ({ min, max }) => <InputNumber style={WIDE} precision={0} min={min} max={max} />,
  number: ({ min, max }) => <InputNumber style={WIDE} min={min} max={max} />,
  boolean: () => <Switch />,
  choice: ({ choices = [] }) => (
    <Select options={choices.map((value) => ({ value: value as string, label: String(value) }))} allowClear />
  ),
  list: () => <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[',', '，', ' ', '\n']} />,
  files: () => <Files />,
  json: () => <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} className="wp-mono" />,
};

/** Each value of a list must have the form, too. */
function patternRule(pattern: string, t: Translate): Rule {
  const form = new RegExp(pattern, 'u');
  return {
    validator: (_, value: unknown) => {
      const texts = (Array.isArray(value) ? value : [value ?? '']).map(String).filter((text) => text !== '');
      return texts.every((text) => form.test(text)) ? Promise.resolve() : Promise.reject(new Error(t('form.pattern')));
    },
  };
}

function rulesOf(field: Field, t: Translate): Rule[] {
  const rules: Rule[] = [];
  if (field.required) rules.push({ required: true, message: t('form.required') });
  if (field.minLength) rules.push({ min: field.minLength, message: t('form.minLength', { count: field.minLength }) });
  if (field.maxLength) rules.push({ max: field.maxLength, message: t('form.maxLength', { count: field.maxLength }) });
  if (field.pattern) rules.push(patternRule(field.pattern, t));
  if (field.kind === 'json') {
    rules.push({
      validator: (_, value: unknown) =>
        !value || isJson(String(value)) ? Promise.resolve() : Promise.reject(new Error(t('form.json'))),
    });
  }
  return rules;
}

/** A form drawn from a JSON Schema. */
export function SchemaForm({ form, fields, onSubmit }: Props) {
  const { t } = useTranslation();
  return (
    <Form
      form={form}
      layout="vertical"
      validateTrigger="onBlur"
      initialValues={initialValues(fields)}
      onFinish={(values: Record<string, unknown>) => onSubmit(paramsOf(fields, values))}
    >
      {fields.map((field) => (
        <Form.Item
          key={field.name}
          name={field.name}
          label={field.label}
          extra={field.help}
          rules={rulesOf(field, t)}
          valuePropName={field.kind === 'boolean' ? 'checked' : 'value'}
        >
          {INPUTS[field.kind](field)}
        </Form.Item>
      ))}
      <button type="submit" hidden aria-hidden tabIndex={-1} />
    </Form>
  );
}
