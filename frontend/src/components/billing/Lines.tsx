import { useQuery } from '@tanstack/react-query';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { plans } from '@/services/plans';
import type { InvoiceLine } from '@/types/api';
import { day, money } from '@/utils/money';

interface Props {
  lines: InvoiceLine[];
  currency: string;
  /** Rows below the lines: what they come to. */
  sums: [name: string, minor: number][];
}

/** Lines of an invoice with their sums. */
export function Lines({ lines, currency, sums }: Props) {
  const { t, i18n } = useTranslation();
  const amount = (minor: number) => money(minor, currency, i18n.language);
  const offers = useQuery({ queryKey: rareKeys.plans.offers, queryFn: plans.list });
  const name = ({ kind, plan: code, from, until }: InvoiceLine) => {
    // A plan that is not on offer any more goes by its code.
    const plan = offers.data?.find((offer) => offer.code === code)?.name ?? code;
    return t(`billing.kinds.${kind}`, { plan, from: day(from), until: day(until) });
  };
  return (
    <table className="wp-table">
      <thead>
        <tr>
          <th scope="col">{t('billing.line')}</th>
          <th scope="col" className="wp-right">
            {t('billing.amount')}
          </th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={`${line.kind}${line.from}`}>
            <td className="whitespace-normal">{name(line)}</td>
            <td className="wp-right wp-number">{amount(line.amount_minor)}</td>
          </tr>
        ))}
        {sums.map(([text, minor]) => (
          <tr key={text}>
            <th scope="row">{text}</th>
            <td className="wp-right wp-number font-semibold">{amount(minor)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
