import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, Select, Switch } from 'antd';
import { ErrorNote } from '@/components/ErrorNote';
import { keys } from '@/hooks/keys';
import { useTranslation } from '@/hooks/use-translation';
import { datasets } from '@/services/datasets';
import type { ColumnEdit, Dataset, DatasetColumn } from '@/types/api';

const TYPES = ['string', 'integer', 'number', 'boolean', 'array', 'object', 'mixed'] as const;

interface Said {
  name: string;
  label?: string;
  description?: string;
  /** `null` is left to the batches. */
  type: NonNullable<ColumnEdit['type']>;
  required: boolean;
  indexed: boolean;
}

/** What is said of a column: its type from now on, what people read, and whether it is indexed. */
export function EditField({
  dataset,
  column,
  onClose,
}: {
  dataset: Dataset;
  column: DatasetColumn | 'new';
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Said>();
  const client = useQueryClient();
  const old = column === 'new' ? null : column;
  const save = useMutation({
    mutationFn: (said: Said) =>
      datasets.edit(dataset.name, {
        columns: [
          {
            ...said,
            name: old?.name ?? said.name.trim(),
            label: said.label?.trim() ?? '',
            description: said.description?.trim() ?? '',
          },
        ],
      }),
    onSuccess: async (saved) => {
      client.setQueryData(keys.datasets.one(dataset.name), saved);
      await client.invalidateQueries({ queryKey: keys.datasets.all });
      onClose();
    },
  });
  const title = old ? t('dataset.editField', { name: old.name }) : t('dataset.addField');
  return (
    <Drawer
      open
      title={title}
      onClose={onClose}
      size={440}
      extra={
        <Button type="primary" loading={save.isPending} onClick={() => form.submit()}>
          {t('editor.save')}
        </Button>
      }
    >
      <Form
        form={form}
        layout="vertical"
        validateTrigger="onBlur"
        initialValues={{
          name: old?.name,
          label: old?.label ?? '',
          description: old?.description ?? '',
          type: old?.declared ? old.type : 'null',
          required: old?.required ?? false,
          indexed: old ? old.index !== 'none' : true,
        }}
        onFinish={(said) => save.mutate(said)}
      >
        {!old && (
          <Form.Item
            name="name"
            label={t('dataset.field')}
            extra={t('dataset.fieldHelp')}
            rules={[{ required: true, whitespace: true, message: t('form.required') }]}
          >
            <Input autoFocus />
          </Form.Item>
        )}
        <Form.Item name="label" label={t('dataset.label')} extra={t('dataset.labelHelp')}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="description" label={t('data.description')}>
          <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={1000} />
        </Form.Item>
        <Form.Item name="type" label={t('dataset.type')} extra={t('dataset.typeHelp')}>
          <Select
            options={[
              { value: 'null', label: t('dataset.inferred') },
              ...TYPES.map((value) => ({ value, label: t(`dataset.types.${value}`) })),
            ]}
          />
        </Form.Item>
        <Form.Item
          name="required"
          valuePropName="checked"
          label={t('dataset.required')}
          extra={t('dataset.requiredHelp')}
        >
          <Switch />
        </Form.Item>
        <Form.Item name="indexed" valuePropName="checked" label={t('dataset.index')} extra={t('dataset.indexHelp')}>
          <Switch />
        </Form.Item>
        <button type="submit" hidden aria-hidden tabIndex={-1} />
      </Form>
      {save.error && <ErrorNote error={save.error} />}
    </Drawer>
  );
}
