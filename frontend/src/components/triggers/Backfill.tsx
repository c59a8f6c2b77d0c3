import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, DatePicker, Form, InputNumber, Modal } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorNote } from '@/components/ErrorNote';
import { Note } from '@/components/Note';
import { keys } from '@/hooks/keys';
import { rareKeys } from '@/hooks/rare-keys';
import { workflows } from '@/services/workflows';
import type { Trigger } from '@/types/api';

interface Wish {
  range: [Dayjs, Dayjs];
  max_parallel: number;
}

/** Runs the times of a past range that started nothing. */
export function Backfill({ trigger }: { trigger: Trigger }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<Wish>();
  const client = useQueryClient();
  const fill = useMutation({
    mutationFn: ({ range: [from, to], max_parallel }: Wish) =>
      workflows.backfill(trigger.id, { from: from.toISOString(), to: to.toISOString(), max_parallel }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: rareKeys.triggers.ticks(trigger.id) });
      await client.invalidateQueries({ queryKey: keys.executions.all });
    },
  });
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('triggers.backfill')}</Button>
      <Modal
        open={open}
        title={t('triggers.backfill')}
        okText={t('triggers.backfillNow')}
        okButtonProps={{ loading: fill.isPending }}
        cancelText={t('common.cancel')}
        onOk={() => form.submit()}
        onCancel={() => setOpen(false)}
      >
        <p className="wp-muted">{t('triggers.backfillText')}</p>
        <Form form={form} layout="vertical" initialValues={{ max_parallel: 1 }} onFinish={(wish) => fill.mutate(wish)}>
          <Form.Item name="range" label={t('triggers.range')} rules={[{ required: true, message: t('form.required') }]}>
            <DatePicker.RangePicker showTime disabledDate={(day) => day.isAfter(Date.now())} />
          </Form.Item>
          <Form.Item name="max_parallel" label={t('triggers.parallel')}>
            <InputNumber min={1} max={50} precision={0} />
          </Form.Item>
        </Form>
        {fill.error && <ErrorNote error={fill.error} />}
        {fill.data && (
          <Note kind="success" title={t('triggers.backfilled', { started: fill.data.started, left: fill.data.left })} />
        )}
      </Modal>
    </>
  );
}
