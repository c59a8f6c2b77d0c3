import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, DatePicker, Drawer, Form, Input, InputNumber, Segmented, Select } from 'antd';
import { useState } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { type Draft, wishOf } from '@/features/billing/coupon';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { billing } from '@/services/billing';
import { plans } from '@/services/plans';

const WIDE = { width: '100%' };
const CODE = /^[A-Za-z0-9_-]{3,40}$/;

export function CreateCoupon() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<Draft>();
  const client = useQueryClient();
  const off = Form.useWatch('off', form);
  const lasts = Form.useWatch('lasts', form);
  const offers = useQuery({ queryKey: rareKeys.plans.offers, queryFn: plans.list, enabled: open });
  const create = useMutation({
    mutationFn: (draft: Draft) => billing.createCoupon(wishOf(draft)),
    onSuccess: async () => {
      setOpen(false);
      await client.invalidateQueries({ queryKey: rareKeys.billing.coupons });
    },
  });
  const needed = [{ required: true, message: t('form.required') }];
  const choices = <Value extends string>(values: Value[], texts: string) =>
    values.map((value) => ({ value, label: t(`${texts}.${value}`) }));
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        {t('money.newCoupon')}
      </Button>
      <Drawer
        title={t('money.newCoupon')}
        open={open}
        onClose={() => setOpen(false)}
        size={460}
        destroyOnHidden
        extra={
          <Button type="primary" loading={create.isPending} onClick={() => form.submit()}>
            {t('money.createCoupon')}
          </Button>
        }
      >
        <Form
          form={form}
          layout="vertical"
          validateTrigger="onBlur"
          preserve={false}
          initialValues={{ off: 'percent', percent: 10, currency: 'CNY', lasts: 'once', periods: 3 }}
          onFinish={(draft) => create.mutate(draft)}
        >
          <Form.Item
            name="code"
            label={t('money.couponCode')}
            extra={t('money.couponCodeHelp')}
            rules={[...needed, { pattern: CODE, message: t('form.pattern') }]}
          >
            <Input autoFocus maxLength={40} placeholder="WELCOME10" />
          </Form.Item>
          <Form.Item name="off" label={t('money.off')}>
            <Segmented options={choices(['percent', 'amount'], 'money.offs')} />
          </Form.Item>
          {off === 'amount' ? (
            <div className="wp-term-grid">
              <Form.Item name="amount" label={t('money.amount')} rules={needed}>
                <InputNumber style={WIDE} min={0.01} precision={2} />
              </Form.Item>
              <Form.Item name="currency" label={t('money.currency')} rules={needed}>
                <Input maxLength={3} />
              </Form.Item>
            </div>
          ) : (
            <Form.Item name="percent" label={t('money.percent')} rules={needed}>
              <InputNumber style={WIDE} min={1} max={100} precision={0} suffix="%" />
            </Form.Item>
          )}
          <Form.Item name="lasts" label={t('money.lasts')}>
            <Segmented options={choices(['once', 'periods', 'forever'], 'money.lengths')} />
          </Form.Item>
          {lasts === 'periods' && (
            <Form.Item name="periods" label={t('money.periods')} rules={needed}>
              <InputNumber style={WIDE} min={1} precision={0} />
            </Form.Item>
          )}
          <Form.Item name="plans" label={t('money.forPlans')} extra={t('money.forPlansHelp')}>
            <Select
              mode="multiple"
              options={offers.data?.map(({ code, name }) => ({ value: code, label: name })) ?? []}
            />
          </Form.Item>
          <Form.Item name="max_redemptions" label={t('money.most')} extra={t('money.mostHelp')}>
            <InputNumber style={WIDE} min={1} max={1_000_000} precision={0} />
          </Form.Item>
          <Form.Item name="expires_at" label={t('money.expires')}>
            <DatePicker showTime style={WIDE} disabledDate={(day) => day.isBefore(Date.now(), 'day')} />
          </Form.Item>
        </Form>
        {create.error && <ErrorNote error={create.error} />}
      </Drawer>
    </>
  );
}
