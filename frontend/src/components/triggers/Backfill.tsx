import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, DatePicker, Form, InputNumber, Modal } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { Link } from 'react-router';
import { ErrorNote } from '@/components/ErrorNote';
import { Note } from '@/components/Note';
import { keys } from '@/hooks/keys';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { statistics } from '@/services/statistics';
import { type Backfilling, workflows } from '@/services/workflows';
import type { Backfilled, Trigger } from '@/types/api';
import { absolute } from '@/utils/format';

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
  const chosen = Form.useWatch('range', form);
  const range = chosen && wanted(chosen);
  const preview = useQuery({
    queryKey: rareKeys.triggers.preview(trigger.id, range),
    queryFn: () => workflows.backfill(trigger.id, { ...(range as Backfilling), dry_run: true }),
    enabled: open && range !== undefined,
    staleTime: 0,
  });
  const room = useRoom(open);
  const refused = Math.max(0, (preview.data?.started ?? 0) - (room ?? Number.POSITIVE_INFINITY));
  const fill = useMutation({
    mutationFn: ({ range, max_parallel }: Wish) => workflows.backfill(trigger.id, { ...wanted(range), max_parallel }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: rareKeys.triggers.ticks(trigger.id) });
      await client.invalidateQueries({ queryKey: keys.executions.all });
      await client.invalidateQueries({ queryKey: rareKeys.triggers.room });
    },
  });
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('triggers.backfill')}</Button>
      <Modal
        open={open}
        title={t('triggers.backfill')}
        okText={t('triggers.backfillNow')}
        okButtonProps={{ loading: fill.isPending, disabled: !preview.data?.started || refused > 0 }}
        cancelText={t('common.cancel')}
        onOk={() => form.submit()}
        onCancel={() => setOpen(false)}
        afterClose={fill.reset}
      >
        <p className="wp-muted">{t('triggers.backfillText')}</p>
        <Form form={form} layout="vertical" initialValues={{ max_parallel: 1 }} onFinish={(wish) => fill.mutate(wish)}>
          <Form.Item name="range" label={t('triggers.range')} rules={[{ required: true, message: t('form.required') }]}>
            <DatePicker.RangePicker
              showTime={{ format: 'HH:mm' }}
              format="YYYY-MM-DD HH:mm"
              disabledDate={(day) => day.isAfter(Date.now())}
              onChange={() => fill.reset()}
            />
          </Form.Item>
          <Form.Item name="max_parallel" label={t('triggers.parallel')}>
            <InputNumber min={1} max={50} precision={0} />
          </Form.Item>
        </Form>
        {preview.error && <ErrorNote error={preview.error} />}
        {preview.data && !fill.data && <Preview of={preview.data} />}
        {refused > 0 && !fill.data && (
          <Note kind="warning" title={t('triggers.wouldRefuse', { count: refused })}>
            {t('triggers.roomOf', { left: room })} <Link to="/plan">{t('triggers.toPlan')}</Link>
          </Note>
        )}
        {fill.error && <ErrorNote error={fill.error} />}
        {fill.data && (
          <Note kind="success" title={t('triggers.backfilled', { started: fill.data.started, left: fill.data.left })} />
        )}
      </Modal>
    </>
  );
}

/** How many more runs the plan has this month; null where it has as many as one likes. */
function useRoom(enabled: boolean): number | null {
  const { data } = useQuery({
    queryKey: rareKeys.triggers.room,
    queryFn: () => statistics.usage(1),
    enabled,
    staleTime: 0,
  });
  const month = data?.limits.find(({ limit }) => limit === 'executions_per_month');
  return month?.allowed == null ? null : Math.max(0, month.allowed - month.used);
}

const wanted = ([from, to]: Wish['range']): Backfilling => ({ from: from.toISOString(), to: to.toISOString() });

/** How many runs it would start, and when the first and the last of them were due. */
function Preview({ of: { started, left, first, last } }: { of: Backfilled }) {
  const { t } = useTranslation();
  const rest = left > 0 && <div>{t('triggers.ranBefore', { count: left })}</div>;
  if (!first || !last) {
    return (
      <Note kind="info" title={t('triggers.wouldStartNone')}>
        {rest}
      </Note>
    );
  }
  return (
    <Note kind="info" title={t('triggers.wouldStart', { count: started })}>
      <div className="wp-number">
        {started === 1 ? absolute(first) : t('triggers.fromTo', { first: absolute(first), last: absolute(last) })}
      </div>
      {rest}
    </Note>
  );
}
