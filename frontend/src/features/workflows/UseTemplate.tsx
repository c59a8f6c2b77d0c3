import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input } from 'antd';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { ErrorNote } from '@/components/ErrorNote';
import { SchemaForm } from '@/components/SchemaForm';
import { keys } from '@/hooks/keys';
import { useTranslation } from '@/hooks/use-translation';
import { executions } from '@/services/executions';
import { workflows } from '@/services/workflows';
import type { JsonObject, Template } from '@/types/api';
import { fieldsOf } from '@/utils/schema';
import { unique } from '@/utils/unique';

type Then = 'run' | 'open';

/** Asks the parameters of a template, makes a workflow that has them as defaults, and runs or opens it. */
export function UseTemplate({ template, onClose }: { template: Template; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm();
  const [name, setName] = useState(template.name);
  const [then, setThen] = useState<Then>('run');
  const navigate = useNavigate();
  const client = useQueryClient();
  const fields = fieldsOf(template.params);
  const make = useMutation({
    mutationFn: async (params: JsonObject) => {
      const [{ source }, { withDefaults }] = await Promise.all([
        workflows.template(template.name),
        import('@/features/workflows/defaults'),
      ]);
      // Uploads are forgotten after some days: they are asked for at every run.
      const kept = fields.filter(({ kind, name }) => kind !== 'files' && name in params);
      const values = Object.fromEntries(kept.map(({ name }) => [name, params[name] ?? null]));
      const { id } = await workflows.create(withDefaults(source, name.trim() || template.name, values));
      await client.invalidateQueries({ queryKey: keys.workflows.all });
      if (then === 'open') return `/workflows/${id}`;
      const started = await executions.start(id, params, unique());
      return `/executions/${started.id}`;
    },
    onSuccess: async (path) => {
      await client.invalidateQueries({ queryKey: keys.datasets.all });
      await navigate(path);
    },
  });
  const submit = (next: Then) => {
    setThen(next);
    form.submit();
  };
  return (
    <Drawer
      open
      title={t('gallery.useNamed', { name: template.name })}
      onClose={onClose}
      size={480}
      footer={
        <div className="flex flex-wrap justify-end gap-2">
          <Button loading={make.isPending && then === 'open'} onClick={() => submit('open')}>
            {t('gallery.open')}
          </Button>
          <Button type="primary" loading={make.isPending && then === 'run'} onClick={() => submit('run')}>
            {t('gallery.run')}
          </Button>
        </div>
      }
    >
      <Form layout="vertical">
        <Form.Item label={t('gallery.name')} htmlFor="template-name">
          <Input id="template-name" maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
        </Form.Item>
      </Form>
      <SchemaForm form={form} fields={fields} onSubmit={(params) => make.mutate(params)} />
      {make.error && <ErrorNote error={make.error} />}
    </Drawer>
  );
}
