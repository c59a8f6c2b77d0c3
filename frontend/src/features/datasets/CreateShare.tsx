import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { rareKeys } from '@/hooks/rare-keys';
import { useCopy } from '@/hooks/use-copy';
import { useTranslation } from '@/hooks/use-translation';
import { datasets } from '@/services/datasets';
import type { Dataset } from '@/types/api';

interface Wish {
  label: string;
  columns: string[];
  days: number;
}

/** 0 never ends. */
const LIVES = [7, 30, 90, 0];
const DAY = 24 * 3600 * 1000;

/** A drawer for the wish; the link that comes of it is shown once. */
export function CreateShare({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [link, setLink] = useState<string | null>(null);
  const [form] = Form.useForm<Wish>();
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: ({ label, columns, days }: Wish) =>
      datasets.share(dataset.name, {
        label: label.trim(),
        columns: columns.length > 0 ? columns : undefined,
        expires_at: days > 0 ? new Date(Date.now() + days * DAY).toISOString() : undefined,
      }),
    onSuccess: async ({ token }) => {
      setLink(datasets.address(token));
      setOpen(false);
      form.resetFields();
      await client.invalidateQueries({ queryKey: rareKeys.dataset.shares(dataset.name) });
    },
  });
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        {t('dataset.share')}
      </Button>
      <Drawer
        title={t('dataset.share')}
        open={open}
        onClose={() => setOpen(false)}
        size={440}
        extra={
          <Button type="primary" loading={create.isPending} onClick={() => form.submit()}>
            {t('dataset.shareNow')}
          </Button>
        }
      >
        <Form
          form={form}
          layout="vertical"
          validateTrigger="onBlur"
          initialValues={{ columns: [], days: 30 }}
          onFinish={(wish) => create.mutate(wish)}
        >
          <Form.Item
            name="label"
            label={t('dataset.shareLabel')}
            rules={[
              { required: true, whitespace: true, message: t('form.required') },
              { max: 100, message: t('form.maxLength', { count: 100 }) },
            ]}
          >
            <Input autoFocus maxLength={120} />
          </Form.Item>
          <Form.Item name="columns" label={t('dataset.shareColumns')}>
            <Select
              mode="multiple"
              placeholder={t('dataset.allColumns')}
              options={dataset.columns.map(({ name, label }) => ({ value: name, label: label ?? name }))}
            />
          </Form.Item>
          <Form.Item name="days" label={t('dataset.life')}>
            <Select
              options={LIVES.map((days) => ({
                value: days,
                label: days > 0 ? t('dataset.forDays', { count: days }) : t('dataset.forEver'),
              }))}
            />
          </Form.Item>
        </Form>
        {create.error && <ErrorNote error={create.error} />}
      </Drawer>
      {link && <Made link={link} onDone={() => setLink(null)} />}
    </>
  );
}

/** What can be asked of a link. */
const PATHS = { json: '/records', csv: '/export?format=csv', atom: '/changes.atom', changes: '/changes' } as const;

function Made({ link, onDone }: { link: string; onDone: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      open
      title={t('dataset.madeTitle')}
      closable={false}
      footer={
        <Button type="primary" onClick={onDone}>
          {t('dataset.done')}
        </Button>
      }
    >
      <p>{t('dataset.madeText')}</p>
      <dl className="wp-links">
        <Address name={t('dataset.links.dataset')} address={link} />
        {Object.entries(PATHS).map(([name, path]) => (
          <Address key={name} name={t(`dataset.links.${name}`)} address={link + path} />
        ))}
      </dl>
    </Modal>
  );
}

function Address({ name, address }: { name: string; address: string }) {
  const { t } = useTranslation();
  const [copied, copy] = useCopy();
  return (
    <div>
      <dt>
        {name}
        <Button size="small" type="link" aria-label={t('dataset.copyOne', { name })} onClick={() => copy(address)}>
          {copied ? t('common.copied') : t('common.copy')}
        </Button>
      </dt>
      <dd>
        <code className="break-all">{address}</code>
      </dd>
    </div>
  );
}
