import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, Segmented } from 'antd';
import { useState } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { DescriptionField, NameField } from '@/features/secrets/NameField';
import { type Kind, kindOf, readOf, writtenOf } from '@/features/secrets/value';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { kept } from '@/services/kept';
import type { Variable } from '@/types/api';
import { isJson } from '@/utils/schema';

interface Wish {
  name: string;
  kind: Kind;
  written?: string;
  description?: string;
}

/** Keeps a variable, or changes it. */
export function KeepVariable({ variable }: { variable?: Variable }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<Wish>();
  const client = useQueryClient();
  const kind = Form.useWatch('kind', form);
  const keep = useMutation({
    mutationFn: (wish: Wish) =>
      kept.putVariable(variable?.name ?? wish.name, {
        value: readOf(wish.kind, wish.written ?? ''),
        description: wish.description?.trim() || undefined,
      }),
    onSuccess: async () => {
      setOpen(false);
      await client.invalidateQueries({ queryKey: rareKeys.kept.variables });
    },
  });
  return (
    <>
      <Button type={variable ? 'default' : 'primary'} onClick={() => setOpen(true)}>
        {t(variable ? 'secrets.change' : 'secrets.createVariable')}
      </Button>
      <Drawer
        title={variable?.name ?? t('secrets.createVariable')}
        open={open}
        onClose={() => setOpen(false)}
        size={460}
        destroyOnHidden
        extra={
          <Button type="primary" loading={keep.isPending} onClick={() => form.submit()}>
            {t('secrets.keepVariable')}
          </Button>
        }
      >
        <Form
          form={form}
          layout="vertical"
          validateTrigger="onBlur"
          preserve={false}
          initialValues={{
            kind: kindOf(variable?.value),
            written: writtenOf(variable?.value),
            description: variable?.description ?? undefined,
          }}
          onFinish={(wish) => keep.mutate(wish)}
        >
          {!variable && <NameField example="region" />}
          <Form.Item name="kind" label={t('secrets.kind')}>
            <Segmented
              options={(['text', 'json'] as const).map((value) => ({ value, label: t(`secrets.kinds.${value}`) }))}
            />
          </Form.Item>
          <Form.Item
            name="written"
            label={t('secrets.value')}
            dependencies={['kind']}
            rules={[
              {
                validator: (_, text = '') =>
                  kind !== 'json' || isJson(text) ? Promise.resolve() : Promise.reject(new Error(t('form.json'))),
              },
            ]}
          >
            <Input.TextArea className="wp-mono" spellCheck={false} autoSize={{ minRows: 2, maxRows: 14 }} />
          </Form.Item>
          <DescriptionField />
        </Form>
        {keep.error && <ErrorNote error={keep.error} />}
      </Drawer>
    </>
  );
}
