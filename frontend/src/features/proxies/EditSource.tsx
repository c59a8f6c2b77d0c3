import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { proxies } from '@/services/proxies';
import type { ProxySource, SourceWish } from '@/types/api';

const WIDE = { width: '100%' };

interface Said {
  url?: string;
  scheme: NonNullable<SourceWish['scheme']>;
  /** Minutes and hours, which people think in. */
  every: number;
  grace: number;
}

const MINUTE = 60;
const HOUR = 3600;

/** A new list, or another way to follow the one given. Its address may hold a password, so it is not shown. */
export function EditSource({ pool, source }: { pool: string; source?: ProxySource }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<Said>();
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: ({ url, scheme, every, grace }: Said) => {
      const said = { scheme, every: every * MINUTE, grace: Math.round(grace * HOUR) };
      const address = url?.trim();
      if (source) return proxies.changeSource(pool, source.id, address ? { ...said, url: address } : said);
      return proxies.addSource(pool, { ...said, url: address ?? '' });
    },
    onSuccess: async () => {
      setOpen(false);
      await client.invalidateQueries({ queryKey: rareKeys.pool.sources(pool) });
    },
  });
  const title = t(source ? 'proxies.editSource' : 'proxies.addSource');
  return (
    <>
      <Button type={source ? 'default' : 'primary'} onClick={() => setOpen(true)}>
        {t(source ? 'proxies.edit' : 'proxies.addSource')}
      </Button>
      <Drawer
        title={title}
        open={open}
        onClose={() => setOpen(false)}
        size={460}
        destroyOnHidden
        extra={
          <Button type="primary" loading={save.isPending} onClick={() => form.submit()}>
            {t(source ? 'editor.save' : 'proxies.addSourceNow')}
          </Button>
        }
      >
        <Form
          form={form}
          layout="vertical"
          validateTrigger="onBlur"
          initialValues={{
            scheme: source?.scheme ?? 'http',
            every: source ? Math.round(source.every / MINUTE) : 60,
            grace: source ? source.grace / HOUR : 24,
          }}
          onFinish={(said) => save.mutate(said)}
        >
          <Form.Item
            name="url"
            label={t('proxies.listAddress')}
            extra={t(source ? 'proxies.listAddressKept' : 'proxies.listAddressHelp')}
            rules={[
              { required: !source, message: t('form.required') },
              { type: 'url', message: t('proxies.urlShape') },
            ]}
          >
            <Input autoFocus maxLength={2048} placeholder="https://provider.example/list.txt" />
          </Form.Item>
          <Form.Item name="scheme" label={t('proxies.scheme')} extra={t('proxies.schemeHelp')}>
            <Select options={['http', 'https', 'socks5'].map((value) => ({ value, label: value }))} />
          </Form.Item>
          <Form.Item
            name="every"
            label={t('proxies.everyMinutes')}
            rules={[{ required: true, message: t('form.required') }]}
          >
            <InputNumber style={WIDE} precision={0} min={1} max={10_080} />
          </Form.Item>
          <Form.Item
            name="grace"
            label={t('proxies.graceHours')}
            extra={t('proxies.graceHelp')}
            rules={[{ required: true, message: t('form.required') }]}
          >
            <InputNumber style={WIDE} min={0} max={720} />
          </Form.Item>
          <button type="submit" hidden aria-hidden tabIndex={-1} />
        </Form>
        {save.error && <ErrorNote error={save.error} />}
      </Drawer>
    </>
  );
}
