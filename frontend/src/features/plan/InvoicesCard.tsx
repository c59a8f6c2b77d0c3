import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, Drawer } from 'antd';
import { InvoiceLines } from '@/components/billing/InvoiceLines';
import { type Column, DataTable } from '@/components/DataTable';
import { ErrorNote } from '@/components/ErrorNote';
import { Note } from '@/components/Note';
import { Waiting } from '@/components/Waiting';
import { Paper } from '@/features/plan/Paper';
import { rareKeys } from '@/hooks/rare-keys';
import { useFilter } from '@/hooks/use-filter';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { plans } from '@/services/plans';
import type { Invoice } from '@/types/api';
import { day, money } from '@/utils/money';

/** Goes to the page of the payment provider. Where there is none, the answer says how to pay. */
function PayOnline({ invoice }: { invoice: string }) {
  const { t } = useTranslation();
  const pay = useMutation({
    mutationFn: () => plans.pay(invoice),
    onSuccess: ({ url }) => url && window.location.assign(url),
  });
  return (
    <div className="mt-2 flex flex-col items-start gap-2">
      <Button type="primary" loading={pay.isPending} onClick={() => pay.mutate()}>
        {t('billing.payOnline')}
      </Button>
      {pay.error && <ErrorNote error={pay.error} />}
    </div>
  );
}

function Details({ invoice }: { invoice: Invoice }) {
  const { t } = useTranslation();
  return (
    <div className="flex flex-col gap-4">
      {invoice.status === 'open' && (
        <Note kind="info" title={t('billing.dueUntil', { date: day(invoice.due_at) })}>
          <div>{t('billing.howToPay')}</div>
          <PayOnline invoice={invoice.id} />
        </Note>
      )}
      <InvoiceLines invoice={invoice} />
    </div>
  );
}

/** The invoice that the address names: of the list, or asked for where that does not go back so far. */
function useNamed(id: string | null, listed: Invoice[] | undefined) {
  const known = listed?.find((one) => one.id === id);
  const asked = useQuery({
    queryKey: rareKeys.plans.invoice(id ?? ''),
    queryFn: () => plans.invoice(id ?? ''),
    enabled: id !== null && listed !== undefined && !known,
  });
  return { shown: known ?? asked.data, error: asked.error };
}

/** Invoices, each with its lines. */
export function InvoicesCard() {
  const { t, i18n } = useTranslation();
  const list = usePaged(rareKeys.plans.invoices, plans.invoices);
  const { change, open } = useFilter([]);
  const { shown, error } = useNamed(open, list.items);
  const columns: Column<Invoice>[] = [
    {
      key: 'number',
      title: t('billing.number'),
      render: (row) => (
        <button type="button" className="wp-link" onClick={() => change('open', row.id)}>
          {row.number}
        </button>
      ),
    },
    { key: 'issued', title: t('billing.issued'), render: (row) => day(row.issued_at), wide: true },
    {
      key: 'status',
      title: t('billing.invoiceStatus'),
      render: (row) => t(`billing.invoiceStatuses.${row.status}`),
    },
    {
      key: 'total',
      title: t('billing.total'),
      align: 'right',
      render: (row) => <span className="wp-number">{money(row.total_minor, row.currency, i18n.language)}</span>,
    },
  ];
  const empty = (
    <>
      <p>{t('billing.none')}</p>
      <p className="wp-muted">{t('billing.noneText')}</p>
    </>
  );
  return (
    <section className="wp-invoices">
      <h2>{t('billing.invoices')}</h2>
      <DataTable
        label={t('billing.invoices')}
        columns={columns}
        {...list.table}
        rowKey={(row) => row.id}
        empty={empty}
      />
      <Drawer
        open={open !== null}
        onClose={() => change('open')}
        title={shown?.number ?? '…'}
        size={560}
        extra={shown && <Paper kind="invoices" id={shown.id} number={shown.number} />}
      >
        {shown && <Details invoice={shown} />}
        {error ? <ErrorNote error={error} /> : !shown && <Waiting />}
      </Drawer>
    </section>
  );
}
