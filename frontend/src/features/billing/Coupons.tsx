import { useMutation, useQueryClient } from '@tanstack/react-query';
import { AskOnce } from '@/components/AskOnce';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { PageHeader } from '@/components/PageHeader';
import { StatusTag } from '@/components/StatusTag';
import { When } from '@/components/When';
import { CreateCoupon } from '@/features/billing/CreateCoupon';
import { lengthOf } from '@/features/billing/coupon';
import { rareKeys } from '@/hooks/rare-keys';
import { usePaged } from '@/hooks/use-paged';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';
import { billing } from '@/services/billing';
import { useSession } from '@/store/session';
import type { Coupon } from '@/types/api';
import { money } from '@/utils/money';

/** Coupons, with what each takes off and how often it was used. */
export function Coupons() {
  const { t, i18n } = useTranslation();
  useTitle(t('money.coupons'));
  const may = useSession((session) => session.user?.permissions.includes('billing:write')) ?? false;
  const { table } = usePaged(rareKeys.billing.coupons, billing.coupons);
  const off = ({ off: value }: Coupon) =>
    'percent' in value ? `${value.percent} %` : money(value.amount.amount_minor, value.amount.currency, i18n.language);
  const columns: Column<Coupon>[] = [
    { key: 'code', title: t('money.couponCode'), render: ({ code }) => <code className="break-all">{code}</code> },
    { key: 'off', title: t('money.off'), align: 'right', render: off },
    {
      key: 'lasts',
      title: t('money.lasts'),
      wide: true,
      render: ({ lasts }) => {
        const { kind, count } = lengthOf(lasts);
        return kind === 'periods' ? t('money.forPeriods', { count }) : t(`money.lengths.${kind}`);
      },
    },
    {
      key: 'plans',
      title: t('money.forPlans'),
      wide: true,
      render: ({ plans }) => plans?.join(', ') ?? t('money.allPlans'),
    },
    {
      key: 'used',
      title: t('money.used'),
      align: 'right',
      render: (row) => (row.max_redemptions ? `${row.redeemed} / ${row.max_redemptions}` : row.redeemed),
    },
    { key: 'ends', title: t('money.expires'), wide: true, render: (row) => <When time={row.expires_at} /> },
    {
      key: 'do',
      title: '',
      align: 'right',
      render: (row) =>
        row.disabled ? <StatusTag status="cancelled" text={t('money.disabled')} /> : may && <Disable code={row.code} />,
    },
  ];
  return (
    <>
      <PageHeader title={t('money.coupons')} note={t('money.couponsNote')} extra={may && <CreateCoupon />} />
      <DataTable
        label={t('money.coupons')}
        columns={columns}
        {...table}
        rowKey={(row) => row.code}
        empty={<EmptyState title={t('money.noCoupons')} text={t('money.noCouponsText')} />}
      />
    </>
  );
}

function Disable({ code }: { code: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const action = useMutation({
    mutationFn: () => billing.disableCoupon(code),
    onSuccess: () => client.invalidateQueries({ queryKey: rareKeys.billing.coupons }),
  });
  return (
    <AskOnce
      danger
      button={t('money.disable')}
      title={t('money.disableTitle', { code })}
      text={t('money.disableText')}
      action={action}
    />
  );
}
