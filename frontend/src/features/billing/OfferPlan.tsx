import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, InputNumber, Select } from 'antd';
import { useState } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { type Draft, LIMITS, offerOf } from '@/features/billing/offer';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { billing } from '@/services/billing';

const WIDE = { width: '100%' };

/** A new plan, or a new version of one for whoever subscribes from now on. */
export function OfferPlan({ initial, isNew }: { initial: Draft; isNew: boolean }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<Draft>();
  const client = useQueryClient();
  const offer = useMutation({
    mutationFn: (draft: Draft) => billing.offer(isNew ? draft.code.trim() : initial.code, offerOf(draft)),
    onSuccess: async () => {
      setOpen(false);
      await client.invalidateQueries({ queryKey: rareKeys.billing.plans });
      await client.invalidateQueries({ queryKey: rareKeys.plans.all });
    },
  });
  const needed = [{ required: true, message: t('form.required') }];
  return (
    <>
      <Button type={isNew ? 'primary' : 'default'} onClick={() => setOpen(true)}>
        {t(isNew ? 'money.newPlan' : 'money.newVersion')}
      </Button>
      <Drawer
        title={isNew ? t('money.newPlan') : `${initial.code}: ${t('money.newVersion')}`}
        open={open}
        onClose={() => setOpen(false)}
        size={560}
        destroyOnHidden
        extra={
          <Button type="primary" loading={offer.isPending} onClick={() => form.submit()}>
            {t('money.offer')}
          </Button>
        }
      >
        <Form
          form={form}
          layout="vertical"
          validateTrigger="onBlur"
          preserve={false}
          initialValues={initial}
          onFinish={(draft) => offer.mutate(draft)}
        >
          {isNew && (
            <Form.Item name="code" label={t('money.code')} rules={needed}>
              <Input autoFocus maxLength={40} placeholder="team" />
            </Form.Item>
          )}
          <div className="wp-term-grid">
            <Form.Item name="name_zh" label={t('money.nameZh')} rules={needed}>
              <Input maxLength={80} />
            </Form.Item>
            <Form.Item name="name_en" label={t('money.nameEn')} rules={needed}>
              <Input maxLength={80} />
            </Form.Item>
            <Form.Item name="rank" label={t('money.rank')} extra={t('money.rankHelp')} rules={needed}>
              <InputNumber style={WIDE} min={0} max={1000} precision={0} />
            </Form.Item>
          </div>
          <Prices />
          <h3>{t('money.includes')}</h3>
          <p className="wp-muted">{t('money.includesHelp')}</p>
          <div className="wp-term-grid">
            {LIMITS.map((limit) => (
              <Form.Item key={limit} name={['limits', limit]} label={t(`plan.entitlements.${limit}`)}>
                <InputNumber
                  style={WIDE}
                  min={0}
                  precision={limit === 'history_bytes' ? undefined : 0}
                  suffix={limit === 'history_bytes' ? 'GiB' : undefined}
                />
              </Form.Item>
            ))}
          </div>
        </Form>
        {offer.error && <ErrorNote error={offer.error} />}
      </Drawer>
    </>
  );
}

function Prices() {
  const { t } = useTranslation();
  const intervals = (['month', 'year'] as const).map((value) => ({ value, label: t(`plan.${value}`) }));
  return (
    <Form.List name="prices">
      {(fields, { add, remove }) => (
        <fieldset className="wp-rule-action wp-prices">
          <legend>{t('money.prices')}</legend>
          {fields.map(({ key, name }) => (
            <div key={key} className="flex flex-wrap items-start gap-2">
              <Form.Item name={[name, 'interval']} className="min-w-24 flex-1">
                <Select aria-label={t('plan.pay')} options={intervals} />
              </Form.Item>
              <Form.Item
                name={[name, 'amount']}
                className="min-w-24 flex-1"
                rules={[{ required: true, message: t('form.required') }]}
              >
                <InputNumber aria-label={t('money.price')} style={WIDE} min={0} precision={2} />
              </Form.Item>
              <Form.Item
                name={[name, 'currency']}
                className="w-20"
                rules={[{ pattern: /^[A-Z]{3}$/, required: true, message: t('form.pattern') }]}
              >
                <Input aria-label={t('money.currency')} maxLength={3} />
              </Form.Item>
              <Button onClick={() => remove(name)}>{t('money.drop')}</Button>
            </div>
          ))}
          <Button className="mb-3" onClick={() => add({ interval: 'year', currency: 'CNY', amount: 0 })}>
            {t('money.addPrice')}
          </Button>
        </fieldset>
      )}
    </Form.List>
  );
}
