import { useTranslation } from '@/hooks/use-translation';
import { compact, exact } from '@/utils/format';

/** A number, large ones short in the way of the language, with the exact one on hover. */
export function Count({ value }: { value: number }) {
  const { i18n } = useTranslation();
  return (
    <span className="wp-number" title={exact(value, i18n.language)}>
      {compact(value, i18n.language)}
    </span>
  );
}
