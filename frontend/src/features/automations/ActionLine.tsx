import { useTranslation } from '@/hooks/use-translation';
import type { AutomationAction } from '@/types/api';

const says = (action: AutomationAction): string => {
  switch (action.kind) {
    case 'notify':
      return action.title;
    case 'email':
      return action.subject;
    case 'webhook':
      return action.endpoint_id;
    case 'run_workflow':
      return action.definition_id;
    case 'cancel_execution':
      return action.execution_id ?? '';
    case 'pause_schedule':
      return action.trigger_id;
  }
};

/** The kinds of what is done. */
export function ActionKinds({ actions }: { actions: AutomationAction[] }) {
  const { t } = useTranslation();
  return (
    <span className="flex flex-wrap gap-x-3">
      {actions.map(({ kind }, place) => (
        <span key={place} className="whitespace-nowrap">
          {t(`automations.kinds.${kind}`)}
        </span>
      ))}
    </span>
  );
}

/** What is done, in one line. */
export function ActionLine({ action }: { action: AutomationAction }) {
  const { t } = useTranslation();
  const text = says(action);
  return (
    <span>
      {t(`automations.kinds.${action.kind}`)}
      {text && <span className="wp-muted">: {text}</span>}
    </span>
  );
}
