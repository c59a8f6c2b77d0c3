import { useTranslation } from '@/hooks/use-translation';
import type { Translate } from '@/locales/texts';
import type { HeldBatch } from '@/types/api';

type Breach = HeldBatch['breaches'][number];

/** Numbers, shares and types as the language has them. */
function valuesOf(reason: NonNullable<Breach['reason']>, t: Translate, language: string) {
  const count = (value: number) => value.toLocaleString(language);
  const percent = (share: number) => share.toLocaleString(language, { style: 'percent', maximumFractionDigits: 1 });
  switch (reason.code) {
    case 'too_few':
      return { records: count(reason.records), least: count(reason.least) };
    case 'too_many':
      return { records: count(reason.records), most: count(reason.most) };
    case 'fewer': {
      const { records, before, drop, most } = reason;
      return { records: count(records), before: count(before), drop: percent(drop), most: percent(most) };
    }
    case 'missing':
      return { records: count(reason.records), of: count(reason.of), most: percent(reason.most) };
    case 'wrong_type':
      return { found: t(`dataset.types.${reason.found}`), declared: t(`dataset.types.${reason.declared}`) };
    default:
      return {};
  }
}

/** What a batch breaks. One that was held before reasons were kept has the server's words alone. */
export function Reasons({ breaches }: { breaches: Breach[] }) {
  const { t, i18n } = useTranslation();
  return (
    <ul className="flex flex-col gap-1">
      {breaches.map(({ rule, field, key, message, reason }) => (
        <li key={`${rule} ${field} ${key}`}>
          {field && <code>{field}</code>}{' '}
          {reason ? t(`dataset.reasons.${reason.code}`, valuesOf(reason, t, i18n.language)) : message}
          {key && ' · '}
          {key && <span className="wp-muted">{t('dataset.reasonKey', { key })}</span>}
        </li>
      ))}
    </ul>
  );
}
