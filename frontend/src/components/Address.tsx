import { useTranslation } from '@/hooks/use-translation';
import '@/locales/network';
import { networkOf } from '@/utils/network';

/** An address and what kind of network it is of; where in the world it is nobody here knows. */
export function Address({ value }: { value: string | null | undefined }) {
  const { t } = useTranslation();
  if (!value) return '–';
  return (
    <span className="wp-address">
      <span className="break-all">{value}</span>
      <span className="wp-muted">{t(`network.${networkOf(value)}`)}</span>
    </span>
  );
}
