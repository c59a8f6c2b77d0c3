import { useTranslation } from '@/hooks/use-translation';
import type { Json } from '@/types/api';

/** A value of a record, on one line. */
export function Value({ value }: { value: Json | undefined }) {
  const { i18n } = useTranslation();
  if (value === null || value === undefined) return <span className="wp-muted">–</span>;
  if (typeof value === 'number')
    return (
      <span className="wp-number">
        {value.toLocaleString(i18n.language, { useGrouping: false, maximumFractionDigits: 20 })}
      </span>
    );
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return (
    <span className="wp-clip" title={text}>
      {text}
    </span>
  );
}
