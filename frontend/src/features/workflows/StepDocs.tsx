import { JsonView } from '@/components/JsonView';
import { useTranslation } from '@/hooks/use-translation';
import type { Action } from '@/types/api';

/** What an action says of itself. */
export function StepDocs({ action }: { action: Action | undefined }) {
  const { t } = useTranslation();
  if (!action) return <p className="wp-muted">{t('canvas.unknownAction')}</p>;
  return (
    <div className="flex flex-col gap-3">
      <p>{action.description}</p>
      <JsonView label={t('canvas.inputSchema')} value={action.input_schema} />
      <JsonView label={t('canvas.outputSchema')} value={action.output_schema} />
    </div>
  );
}
