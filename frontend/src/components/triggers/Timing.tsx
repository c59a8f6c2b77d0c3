import { When } from '@/components/When';
import { useTranslation } from '@/hooks/use-translation';
import type { TriggerSummary } from '@/types/api';

/** When something starts, as its expression says it. */
export function Timing({ kind, expression }: Pick<TriggerSummary, 'kind' | 'expression'>) {
  const { t } = useTranslation();
  if (kind === 'webhook') return <>{t('workflows.webhook')}</>;
  if (kind === 'dataset') return <>{t('workflows.onDataset', { name: expression })}</>;
  if (kind === 'interval') return <>{t('workflows.every', { length: expression })}</>;
  if (kind === 'at') return <When time={expression} />;
  return <code>{expression}</code>;
}
