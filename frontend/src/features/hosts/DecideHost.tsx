import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, InputNumber, Select, Switch } from 'antd';
import { useState } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { system } from '@/services/system';
import type { HostDecision, HostRule } from '@/types/api';

const WIDE = { width: '100%' };

/** A decision about a host, never without its reason; the audit log keeps it. */
export function DecideHost({ rule }: { rule?: HostRule }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<HostDecision & { host: string }>();
  const client = useQueryClient();
  const decide = useMutation({
    mutationFn: ({ host, ...decision }: HostDecision & { host: string }) =>
      system.decide(rule?.host ?? host.trim(), { ...decision, reason: decision.reason.trim() }),
    onSuccess: async () => {
      setOpen(false);
      await client.invalidateQueries({ queryKey: rareKeys.system.hosts });
    },
  });
  return (
    <>
      <Button type={rule ? 'default' : 'primary'} onClick={() => setOpen(true)}>
        {t(rule ? 'hosts.change' : 'hosts.decide')}
      </Button>
      <Drawer
        title={rule?.host ?? t('hosts.decide')}
        open={open}
        onClose={() => setOpen(false)}
        size={460}
        destroyOnHidden
        extra={
          <Button type="primary" loading={decide.isPending} onClick={() => form.submit()}>
            {t('hosts.decideNow')}
          </Button>
        }
      >
        <Form
          form={form}
          layout="vertical"
          validateTrigger="onBlur"
          initialValues={{
            blocked: rule?.blocked ?? false,
            robots: rule?.robots ?? 'obey',
            requests_per_second: rule?.requests_per_second,
            parallel: rule?.parallel,
            reason: rule?.reason,
          }}
          onFinish={(said) => decide.mutate(said)}
        >
          {!rule && (
            <Form.Item
              name="host"
              label={t('hosts.host')}
              rules={[{ required: true, whitespace: true, message: t('form.required') }]}
            >
              <Input autoFocus placeholder="www.example.com" />
            </Form.Item>
          )}
          <Form.Item name="blocked" valuePropName="checked" label={t('hosts.block')} extra={t('hosts.blockHelp')}>
            <Switch />
          </Form.Item>
          <Form.Item name="robots" label={t('hosts.robots')} extra={t('hosts.robotsHelp')}>
            <Select
              options={(['obey', 'ignore'] as const).map((value) => ({
                value,
                label: t(`hosts.robotsChoices.${value}`),
              }))}
            />
          </Form.Item>
          <Form.Item name="requests_per_second" label={t('hosts.rate')} extra={t('hosts.emptyHelp')}>
            <InputNumber style={WIDE} min={0.0001} max={100_000} />
          </Form.Item>
          <Form.Item name="parallel" label={t('hosts.parallel')} extra={t('hosts.emptyHelp')}>
            <InputNumber style={WIDE} min={1} max={1024} precision={0} />
          </Form.Item>
          <Form.Item
            name="reason"
            label={t('hosts.reason')}
            rules={[
              { required: true, whitespace: true, message: t('form.required') },
              { min: 3, message: t('form.minLength', { count: 3 }) },
            ]}
          >
            <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={500} />
          </Form.Item>
        </Form>
        {decide.error && <ErrorNote error={decide.error} />}
      </Drawer>
    </>
  );
}
