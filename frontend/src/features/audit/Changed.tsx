import { useTranslation } from '@/hooks/use-translation';
import type { Json } from '@/types/api';

const written = (value: Json) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));

/** What was, and what is instead, where a line says both. */
export function Changed({ details }: { details: Json }) {
  const { t } = useTranslation();
  if (typeof details !== 'object' || details === null || Array.isArray(details)) return null;
  const { from, to } = details;
  if (from === undefined || to === undefined) return null;
  return (
    <section className="flex flex-col gap-2" aria-label={t('audit.changed')}>
      <h3 className="wp-h3">{t('audit.changed')}</h3>
      <div className="wp-diff">
        <div className="wp-diff-line wp-diff-removed">{`- ${written(from)}`}</div>
        <div className="wp-diff-line wp-diff-added">{`+ ${written(to)}`}</div>
      </div>
    </section>
  );
}
