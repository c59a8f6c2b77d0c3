import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { AskOnce } from '@/components/AskOnce';
import { type Column, DataTable } from '@/components/DataTable';
import { PageHeader } from '@/components/PageHeader';
import { OfferPlan } from '@/features/billing/OfferPlan';
import { draftOf, fresh } from '@/features/billing/offer';
import { rareKeys } from '@/hooks/rare-keys';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';
import { billing } from '@/services/billing';
import type { Plan } from '@/types/api';
import { money } from '@/utils/money';

interface Row {
  plan: Plan;
  names: { zh: string; en: string };
  rank: number;
}

/** The plans on offer with their names in both languages, the lowest first. */
async function offers(): Promise<Row[]> {
  const [english, chinese] = await Promise.all([billing.plansIn('en'), billing.plansIn('zh-CN')]);
  const zh = new Map(chinese.map(({ code, name }) => [code, name]));
  return english.map((plan, rank) => ({ plan, rank, names: { en: plan.name, zh: zh.get(plan.code) ?? plan.name } }));
}

export function Plans() {
  const { t, i18n } = useTranslation();
  useTitle(t('money.plans'));
  const { data, error, refetch } = useQuery({ queryKey: rareKeys.billing.plans, queryFn: offers });
  const columns: Column<Row>[] = [
    {
      key: 'name',
      title: t('money.plan'),
      render: ({ plan, names }) => (
        <>
          <strong>{i18n.language === 'en' ? names.en : names.zh}</strong> <code>{plan.code}</code>
        </>
      ),
    },
    {
      key: 'version',
      title: t('money.version'),
      align: 'right',
      wide: true,
      render: ({ plan }) => plan.version,
    },
    {
      key: 'prices',
      title: t('money.prices'),
      align: 'right',
      render: ({ plan }) =>
        plan.prices.map(({ interval, currency, amount_minor }) => (
          <div key={`${interval} ${currency}`} className="whitespace-nowrap">
            <span className="wp-number">{money(amount_minor, currency, i18n.language)}</span>{' '}
            <span className="wp-muted">{t(interval === 'month' ? 'plan.perMonth' : 'plan.perYear')}</span>
          </div>
        )),
    },
    {
      key: 'do',
      title: '',
      align: 'right',
      render: ({ plan, names, rank }) => (
        <span className="wp-acts">
          <OfferPlan isNew={false} initial={draftOf(plan, names, rank)} />
          <Withdraw plan={plan} />
        </span>
      ),
    },
  ];
  return (
    <>
      <PageHeader
        title={t('money.plans')}
        note={t('money.plansNote')}
        extra={data && <OfferPlan isNew initial={fresh(data.length)} />}
      />
      <DataTable
        label={t('money.plans')}
        columns={columns}
        rows={data}
        error={error}
        onRetry={() => void refetch()}
        rowKey={({ plan }) => plan.code}
      />
    </>
  );
}

function Withdraw({ plan: { code, name } }: { plan: Plan }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const action = useMutation({
    mutationFn: () => billing.withdraw(code),
    onSuccess: () => client.invalidateQueries({ queryKey: rareKeys.billing.plans }),
  });
  return (
    <AskOnce
      danger
      button={t('money.withdraw')}
      title={t('money.withdrawTitle', { name })}
      text={t('money.withdrawText')}
      action={action}
    />
  );
}
