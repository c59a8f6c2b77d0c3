import { amountOf, changesOf } from '@/features/plan/entitlements';
import { useTranslation } from '@/hooks/use-translation';
import type { Plan } from '@/types/api';

/** What another plan includes otherwise. */
export function PlanChanges({ from, to }: { from: Plan; to: Plan }) {
  const { t, i18n } = useTranslation();
  const changes = changesOf(from, to);
  if (changes.length === 0) return null;
  const amount = (name: string, value: number | null) => amountOf(name, value, t, i18n.language);
  return (
    <table className="wp-table">
      <caption className="sr-only">{t('plan.changes')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('plan.changes')}</th>
          <th scope="col" className="wp-right">
            {from.name}
          </th>
          <th scope="col" className="wp-right">
            {to.name}
          </th>
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <tr key={change.name}>
            <td>{t(`plan.entitlements.${change.name}`, { defaultValue: change.name.replaceAll('_', ' ') })}</td>
            <td className="wp-right wp-number">{amount(change.name, change.from)}</td>
            <td className="wp-right wp-number font-semibold">{amount(change.name, change.to)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
