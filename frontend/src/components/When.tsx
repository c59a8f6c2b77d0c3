import { useTranslation } from '@/hooks/use-translation';
import { absolute, relative } from '@/utils/format';

/** A time: relative, with the absolute one on hover. */
export function When({ time }: { time: string | null | undefined }) {
  const { i18n } = useTranslation();
  if (!time) return <span className="wp-muted">–</span>;
  return (
    <time dateTime={time} title={absolute(time)} className="whitespace-nowrap">
      {relative(time, i18n.language)}
    </time>
  );
}
