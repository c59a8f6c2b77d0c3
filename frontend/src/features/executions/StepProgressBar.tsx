import { useTranslation } from '@/hooks/use-translation';
import type { Step } from '@/types/api';
import { isOver } from '@/utils/status';

/** How far a step is: by its items, else by what the action tells. */
export function StepProgressBar({ step }: { step: Step }) {
  const { t, i18n } = useTranslation();
  const { items, progress } = step;
  if (!items && (!progress || isOver(step.status))) return null;
  const done = items ? items.succeeded + items.failed : (progress?.done ?? 0);
  const total = items ? items.total : (progress?.total ?? null);
  const numbers = [done, total].filter((value) => value !== null).map((value) => value.toLocaleString(i18n.language));
  const text = [
    numbers.join(' / '),
    items?.failed ? t('executions.itemsFailed', { count: items.failed }) : '',
    items ? '' : (progress?.message ?? ''),
  ].filter(Boolean);
  return (
    <span className="wp-progress">
      {total !== null && total > 0 && (
        <progress
          max={total}
          value={Math.min(done, total)}
          aria-label={t('executions.progressOf', { step: step.id })}
        />
      )}
      <span className="wp-number wp-progress-text">{text.join(' · ')}</span>
    </span>
  );
}
