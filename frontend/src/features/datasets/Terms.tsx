import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, InputNumber, Select, Switch } from 'antd';
import { useState } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { Note } from '@/components/Note';
import { editOf, type Terms as Said, termsOf } from '@/features/datasets/terms';
import { keys } from '@/hooks/keys';
import { useTranslation } from '@/hooks/use-translation';
import { datasets } from '@/services/datasets';
import type { Dataset } from '@/types/api';

const WIDE = { width: '100%' };

/** What a dataset is, what its batches must hold to, and how long records are kept. */
export function Terms({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Said>();
  const [changed, setChanged] = useState(false);
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (said: Said) => datasets.edit(dataset.name, editOf(said)),
    onSuccess: (saved) => {
      client.setQueryData(keys.datasets.one(dataset.name), saved);
      setChanged(false);
    },
  });
  const fields = dataset.columns.map(({ name, label }) => ({ value: name, label: label ?? name }));
  const number = (name: string, most?: number) => (
    <Form.Item name={name} label={t(`dataset.terms.${name}`)} extra={t(`dataset.terms.${name}_help`)}>
      <InputNumber
        style={WIDE}
        min={most ? 0 : 1}
        max={most}
        precision={most ? 1 : 0}
        suffix={most ? '%' : undefined}
      />
    </Form.Item>
  );
  return (
    <Form
      form={form}
      layout="vertical"
      className="wp-terms"
      initialValues={termsOf(dataset)}
      onValuesChange={() => setChanged(true)}
      onFinish={(said) => save.mutate(said)}
    >
      <section className="wp-card wp-account-card">
        <h2>{t('data.description')}</h2>
        <Form.Item name="description" noStyle>
          <Input.TextArea aria-label={t('data.description')} autoSize={{ minRows: 2, maxRows: 8 }} maxLength={1000} />
        </Form.Item>
      </section>
      <section className="wp-card wp-account-card">
        <h2>{t('dataset.contract')}</h2>
        <p className="wp-muted">{t('dataset.contractNote')}</p>
        <div className="wp-term-grid">
          {number('least_records')}
          {number('most_records')}
          {number('largest_drop', 100)}
        </div>
        <Form.Item name="unique" label={t('dataset.terms.unique')} extra={t('dataset.terms.unique_help')}>
          <Select mode="multiple" options={fields} />
        </Form.Item>
        <Form.Item
          name="schema"
          valuePropName="checked"
          label={t('dataset.terms.schema')}
          extra={t('dataset.terms.schema_help')}
        >
          <Switch />
        </Form.Item>
        <h3>{t('dataset.terms.nulls')}</h3>
        <Nulls fields={fields} />
      </section>
      <section className="wp-card wp-account-card">
        <h2>{t('dataset.retention')}</h2>
        <p className="wp-muted">{t('dataset.retentionNote')}</p>
        <div className="wp-term-grid">
          {number('days')}
          {number('records')}
          {number('history_days')}
        </div>
      </section>
      {save.error && <ErrorNote error={save.error} />}
      {save.isSuccess && !changed && <Note kind="success" title={t('editor.saved')} />}
      <div>
        <Button type="primary" htmlType="submit" disabled={!changed} loading={save.isPending}>
          {t('editor.save')}
        </Button>
      </div>
    </Form>
  );
}

/** How many records may be without a field, field by field. */
function Nulls({ fields }: { fields: { value: string; label: string }[] }) {
  const { t } = useTranslation();
  return (
    <Form.List name="nulls">
      {(rows, { add, remove }) => (
        <div className="flex flex-col gap-2">
          {rows.map(({ key, name }) => (
            <div key={key} className="flex flex-wrap gap-2">
              <Form.Item
                name={[name, 'field']}
                className="mb-0 min-w-40 flex-1"
                rules={[{ required: true, message: t('form.required') }]}
              >
                <Select showSearch aria-label={t('dataset.field')} placeholder={t('dataset.field')} options={fields} />
              </Form.Item>
              <Form.Item
                name={[name, 'share']}
                className="mb-0"
                rules={[{ required: true, message: t('form.required') }]}
              >
                <InputNumber aria-label={t('dataset.terms.share')} min={0} max={100} suffix="%" />
              </Form.Item>
              <Button aria-label={t('dataset.terms.dropNulls')} onClick={() => remove(name)}>
                {t('dataset.terms.drop')}
              </Button>
            </div>
          ))}
          <div>
            <Button onClick={() => add({ share: 0 })}>{t('dataset.terms.addNulls')}</Button>
          </div>
        </div>
      )}
    </Form.List>
  );
}
