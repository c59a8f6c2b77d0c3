import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, InputNumber, Modal } from 'antd';
import { useState } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { billing } from '@/services/billing';
import { useSession } from '@/store/session';
import type { OwnedInvoice } from '@/types/api';
import { money } from '@/utils/money';

const WIDE = { width: '100%' };

interface Wish {
  /** In the currency's major unit; null while nothing is written. */
  amount: number | null;
  reason: string;
}

const minor = (amount: number | null | undefined) => Math.round((amount ?? 0) * 100);

/** Gives money of an invoice back. The button that does it says how much. */
export function Refund({ invoice: { id, number, currency, paid_minor, refunded_minor } }: { invoice: OwnedInvoice }) {
  const { t, i18n } = useTranslation();
  const may = useSession((session) => session.user?.permissions.includes('billing:write')) ?? false;
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<Wish>();
  const most = paid_minor - refunded_minor;
  const amount = minor(Form.useWatch('amount', form));
  const give = useMutation({
    mutationFn: (wish: Wish) => billing.refund(id, { amount_minor: minor(wish.amount), reason: wish.reason.trim() }),
    onSuccess: async () => {
      setOpen(false);
      await client.invalidateQueries({ queryKey: rareKeys.billing.all });
    },
  });
  if (!may || most <= 0) return null;
  const said = (value: number) => money(value, currency, i18n.language);
  return (
    <>
      <Button danger onClick={() => setOpen(true)}>
        {t('money.refund')}
      </Button>
      <Modal
        open={open}
        destroyOnHidden
        title={t('money.refundTitle', { number })}
        okText={t('money.refundNow', { amount: said(amount) })}
        okButtonProps={{ danger: true, loading: give.isPending, disabled: amount <= 0 || amount > most }}
        cancelText={t('common.cancel')}
        onOk={() => form.submit()}
        onCancel={() => setOpen(false)}
        afterClose={give.reset}
      >
        <div className="flex flex-col gap-4">
          <p>{t('money.refundText')}</p>
          <Form
            form={form}
            layout="vertical"
            preserve={false}
            validateTrigger="onBlur"
            initialValues={{ amount: most / 100 }}
            onFinish={(wish) => give.mutate(wish)}
          >
            <Form.Item
              name="amount"
              label={t('money.amount')}
              extra={t('money.refundMost', { most: said(most) })}
              rules={[{ required: true, message: t('form.required') }]}
            >
              <InputNumber style={WIDE} min={0.01} max={most / 100} precision={2} suffix={currency} />
            </Form.Item>
            <Form.Item
              name="reason"
              label={t('billing.reason')}
              extra={t('money.refundReason')}
              rules={[{ required: true, whitespace: true, message: t('form.required') }]}
            >
              <Input.TextArea rows={3} maxLength={500} />
            </Form.Item>
          </Form>
          {give.error && <ErrorNote error={give.error} />}
        </div>
      </Modal>
    </>
  );
}
