import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Drawer, Input, Select } from 'antd';
import { AskOnce } from '@/components/AskOnce';
import { InvoiceLines } from '@/components/billing/InvoiceLines';
import { CopyId } from '@/components/CopyId';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { PageHeader } from '@/components/PageHeader';
import { StatusTag } from '@/components/StatusTag';
import { Books } from '@/features/billing/Books';
import { Refund } from '@/features/billing/Refund';
import { Refunds } from '@/features/billing/Refunds';
import { rareKeys } from '@/hooks/rare-keys';
import { useFilter } from '@/hooks/use-filter';
import { usePaged } from '@/hooks/use-paged';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';
import { billing } from '@/services/billing';
import { useSession } from '@/store/session';
import type { OwnedInvoice } from '@/types/api';
import { day, money } from '@/utils/money';
import type { AnyStatus } from '@/utils/status';

const LOOKS: Record<OwnedInvoice['status'], AnyStatus> = {
  open: 'waiting',
  paid: 'succeeded',
  uncollectible: 'cancelled',
};

/** Everybody's invoices, and whether the books are right. */
export function Invoices() {
  const { t, i18n } = useTranslation();
  useTitle(t('money.invoices'));
  const { filter, change, open } = useFilter(['user', 'status'] as const);
  const { items, table } = usePaged(rareKeys.billing.invoices(filter), (cursor) => billing.invoices(filter, cursor));
  const shown = items?.find(({ id }) => id === open);
  const columns: Column<OwnedInvoice>[] = [
    {
      key: 'number',
      title: t('billing.number'),
      render: (row) => (
        <button type="button" className="wp-link" onClick={() => change('open', row.id)}>
          {row.number}
        </button>
      ),
    },
    { key: 'user', title: t('money.customer'), wide: true, render: (row) => <CopyId id={row.user_id} /> },
    { key: 'issued', title: t('billing.issued'), wide: true, render: (row) => day(row.issued_at) },
    {
      key: 'status',
      title: t('billing.invoiceStatus'),
      render: (row) => <StatusTag status={LOOKS[row.status]} text={t(`billing.invoiceStatuses.${row.status}`)} />,
    },
    {
      key: 'due',
      title: t('billing.due'),
      align: 'right',
      wide: true,
      render: (row) => money(row.due_minor, row.currency, i18n.language),
    },
    {
      key: 'total',
      title: t('billing.total'),
      align: 'right',
      render: (row) => money(row.total_minor, row.currency, i18n.language),
    },
  ];
  return (
    <>
      <PageHeader title={t('money.invoices')} />
      <Books />
      <search className="wp-filters">
        <Input.Search
          key={filter.user}
          allowClear
          aria-label={t('money.byUser')}
          placeholder={t('money.byUser')}
          defaultValue={filter.user}
          maxLength={36}
          onSearch={(text) => change('user', text.trim())}
        />
        <Select
          allowClear
          aria-label={t('billing.invoiceStatus')}
          placeholder={t('money.anyStatus')}
          value={filter.status}
          onChange={(value) => change('status', value)}
          options={Object.keys(LOOKS).map((value) => ({ value, label: t(`billing.invoiceStatuses.${value}`) }))}
        />
      </search>
      <DataTable
        label={t('money.invoices')}
        columns={columns}
        {...table}
        rowKey={(row) => row.id}
        empty={<EmptyState title={t('money.noInvoices')} text={t('money.noInvoicesText')} />}
      />
      <Drawer open={shown !== undefined} onClose={() => change('open')} title={shown?.number} size={560}>
        {shown && (
          <div className="flex flex-col gap-4">
            <InvoiceLines invoice={shown} />
            <Refunds invoice={shown} />
            <span className="flex flex-wrap gap-2">
              <Settle invoice={shown} />
              <Refund invoice={shown} />
            </span>
          </div>
        )}
      </Drawer>
    </>
  );
}

function Settle({ invoice: { id, number, status, due_minor, currency } }: { invoice: OwnedInvoice }) {
  const { t, i18n } = useTranslation();
  const may = useSession((session) => session.user?.permissions.includes('billing:write')) ?? false;
  const client = useQueryClient();
  const action = useMutation({
    mutationFn: () => billing.settle(id),
    onSuccess: () => client.invalidateQueries({ queryKey: rareKeys.billing.all }),
  });
  if (!may || status === 'paid') return null;
  const due = money(due_minor, currency, i18n.language);
  return (
    <AskOnce
      button={t('money.settle')}
      title={t('money.settleTitle', { number })}
      text={t('money.settleText', { due })}
      action={action}
    />
  );
}
