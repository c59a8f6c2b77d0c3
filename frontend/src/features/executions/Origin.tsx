import { Link } from 'react-router';
import { When } from '@/components/When';
import { useTranslation } from '@/hooks/use-translation';
import type { ExecutionDetail, Json } from '@/types/api';

const textOf = (trigger: Json, name: string) => {
  const value = typeof trigger === 'object' && trigger !== null && !Array.isArray(trigger) ? trigger[name] : undefined;
  return typeof value === 'string' ? value : undefined;
};

/** Where what started a run can be seen. */
function placeOf({ trigger, definition_id, parent_id }: ExecutionDetail): string | undefined {
  const execution = parent_id ?? textOf(trigger, 'execution_id');
  if (execution) return `/executions/${execution}`;
  const automation = textOf(trigger, 'automation_id');
  if (automation) return `/automations/${automation}`;
  return textOf(trigger, 'trigger_id') && `/workflows/${definition_id}?tab=triggers`;
}

/** What started a run, with the way there, and when it was due. */
export function Origin({ execution }: { execution: ExecutionDetail }) {
  const { t } = useTranslation();
  const { origin, trigger } = execution;
  const name = origin ? t(`executions.origins.${origin}`) : '–';
  const place = placeOf(execution);
  const due = textOf(trigger, 'due_at');
  return (
    <>
      {place ? <Link to={place}>{name}</Link> : name}
      {due && (
        <span className="wp-muted">
          {' · '}
          <When time={due} />
        </span>
      )}
    </>
  );
}
