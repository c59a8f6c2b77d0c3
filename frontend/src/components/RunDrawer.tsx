import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form } from 'antd';
import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import { ErrorNote } from '@/components/ErrorNote';
import { SchemaForm } from '@/components/SchemaForm';
import { keys } from '@/hooks/keys';
import { useTranslation } from '@/hooks/use-translation';
import { executions } from '@/services/executions';
import { workflows } from '@/services/workflows';
import type { JsonObject } from '@/types/api';
import { fieldsOf } from '@/utils/schema';
import { wishes } from '@/utils/unique';

interface Props {
  id: string;
  name: string;
  open: boolean;
  onClose: () => void;
}

/** Asks the parameters of a run and starts it. */
export default function RunDrawer({ id, name, open, onClose }: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm();
  const navigate = useNavigate();
  const client = useQueryClient();
  // A repeated click starts one run, also when the first answer was lost; opening again is a new wish.
  const [named, setNamed] = useState(wishes);
  useEffect(() => {
    if (open) setNamed(wishes);
  }, [open]);
  const workflow = useQuery({ queryKey: keys.workflows.one(id), queryFn: () => workflows.show(id), enabled: open });
  const start = useMutation({
    mutationFn: (params: JsonObject) => executions.start(id, params, named(params)),
    onSuccess: (started) => {
      void client.invalidateQueries({ queryKey: keys.executions.all });
      void client.invalidateQueries({ queryKey: keys.datasets.all });
      onClose();
      void navigate(`/executions/${started.id}`);
    },
  });
  const fields = fieldsOf(workflow.data?.definition.params);
  return (
    <Drawer
      title={t('run.title', { name })}
      open={open}
      onClose={onClose}
      size={420}
      extra={
        <Button type="primary" loading={start.isPending} disabled={!workflow.data} onClick={() => form.submit()}>
          {t('run.now')}
        </Button>
      }
    >
      {workflow.error && <ErrorNote error={workflow.error} onRetry={() => void workflow.refetch()} />}
      {workflow.data && fields.length === 0 && <p className="wp-muted">{t('run.noParams')}</p>}
      {workflow.data && <SchemaForm form={form} fields={fields} onSubmit={(params) => start.mutate(params)} />}
      {start.error && <ErrorNote error={start.error} />}
    </Drawer>
  );
}
