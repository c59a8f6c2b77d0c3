import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, InputNumber, Switch } from 'antd';
import { AskOnce } from '@/components/AskOnce';
import { Count } from '@/components/Count';
import { ErrorNote } from '@/components/ErrorNote';
import { Waiting } from '@/components/Waiting';
import { When } from '@/components/When';
import { ProxyState } from '@/features/proxies/ProxyState';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { type ProxyEdit, proxies } from '@/services/proxies';
import type { ProxyRow } from '@/types/api';
import { duration } from '@/utils/format';
import { size } from '@/utils/size';

/** One proxy: how it does, and what can be set of it. */
export function ProxyDrawer({ pool, id, onClose }: { pool: string; id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<ProxyEdit>();
  const client = useQueryClient();
  const changed = () => client.invalidateQueries({ queryKey: ['pools'] });
  const { data, error, refetch } = useQuery({
    queryKey: rareKeys.pool.proxy(pool, id),
    queryFn: () => proxies.one(pool, id),
  });
  const save = useMutation({
    mutationFn: (edit: ProxyEdit) => proxies.editOne(pool, id, { ...edit, label: edit.label?.trim() ?? '' }),
    onSuccess: async () => {
      await changed();
      onClose();
    },
  });
  const remove = useMutation({
    mutationFn: () => proxies.removeOne(pool, id),
    onSuccess: async () => {
      onClose();
      client.removeQueries({ queryKey: rareKeys.pool.proxy(pool, id) });
      await changed();
    },
  });
  return (
    <Drawer
      open
      title={data?.address ?? t('proxies.address')}
      onClose={onClose}
      size={480}
      extra={
        <Button type="primary" disabled={!data} loading={save.isPending} onClick={() => form.submit()}>
          {t('editor.save')}
        </Button>
      }
    >
      {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data && (
        <div className="flex flex-col gap-4">
          <Facts proxy={data} />
          <Form
            form={form}
            layout="vertical"
            initialValues={{ enabled: data.enabled, cost: data.cost, label: data.label ?? '' }}
            onFinish={(edit) => save.mutate(edit)}
          >
            <Form.Item
              name="enabled"
              valuePropName="checked"
              label={t('proxies.enabled')}
              extra={t('proxies.enabledHelp')}
            >
              <Switch />
            </Form.Item>
            <Form.Item
              name="cost"
              label={t('proxies.cost')}
              extra={t('proxies.costHelp')}
              rules={[{ required: true, message: t('form.required') }]}
            >
              <InputNumber min={0.01} max={1000} step={0.5} />
            </Form.Item>
            <Form.Item name="label" label={t('proxies.label')}>
              <Input maxLength={100} />
            </Form.Item>
          </Form>
          {save.error && <ErrorNote error={save.error} />}
          <div>
            <AskOnce
              danger
              button={t('proxies.remove')}
              title={t('proxies.removeTitle', { name: data.address })}
              text={t('proxies.removeText')}
              action={remove}
            />
          </div>
        </div>
      )}
    </Drawer>
  );
}

function Facts({ proxy }: { proxy: ProxyRow }) {
  const { t } = useTranslation();
  const facts = [
    ['state', <ProxyState key="state" state={proxy.state} />],
    ['requests', <Count key="requests" value={proxy.requests} />],
    ['failures', <Count key="failures" value={proxy.failures} />],
    ['latency', proxy.latency_ms == null ? '–' : duration(proxy.latency_ms)],
    ['bytes', size(proxy.bytes)],
    ['exit', proxy.exit_address ?? '–'],
    ['anonymity', proxy.anonymity ? t(`proxies.anonymities.${proxy.anonymity}`) : '–'],
    ['credentials', t(proxy.has_credentials ? 'proxies.with' : 'proxies.without')],
    ['checked', <When key="checked" time={proxy.checked_at} />],
    ['used', <When key="used" time={proxy.last_used_at} />],
    ['coolDown', <When key="cool" time={proxy.cool_down_until} />],
  ] as const;
  return (
    <>
      <dl className="wp-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{t(`proxies.${name}`)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {proxy.last_error && (
        <p className="wp-muted">
          {t('proxies.lastError')}: {proxy.last_error}
        </p>
      )}
    </>
  );
}
