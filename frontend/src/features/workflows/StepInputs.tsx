import type { StepNode } from '@/components/canvas/graph';
import { setOfStep } from '@/features/workflows/edit';
import type { Editing } from '@/features/workflows/Inspector';
import { Preview } from '@/features/workflows/Preview';
import { ValueField } from '@/features/workflows/ValueField';
import { useTranslation } from '@/hooks/use-translation';
import type { Action, Json, JsonObject } from '@/types/api';
import { type Field, fieldsOf } from '@/utils/schema';

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Fields of the schema, needed ones first; then what the step has beyond it. */
function fieldsFor(action: Action | undefined, given: JsonObject): Field[] {
  const known = fieldsOf(action?.input_schema).map((field) => ({ ...field, key: field.name }));
  const names = new Set(known.map(({ name }) => name));
  const beyond = Object.keys(given)
    .filter((name) => !names.has(name))
    .map<Field>((name) => ({ name, label: name, kind: 'json', required: false }));
  return [...known.filter(({ required }) => required), ...known.filter(({ required }) => !required), ...beyond];
}

/** What goes into the step. */
export function StepInputs({
  step,
  action,
  editing,
}: {
  step: StepNode;
  action: Action | undefined;
  editing: Editing;
}) {
  const { t } = useTranslation();
  const given = isObject(step.rest.with) ? step.rest.with : {};
  const fields = fieldsFor(action, given);
  if (fields.length === 0) return <p className="wp-muted">{t('canvas.noInputs')}</p>;
  return (
    <div className="wp-form">
      {fields.map((field) => (
        <ValueField
          key={`${step.id} ${field.name}`}
          field={field}
          value={given[field.name]}
          names={editing.names}
          preview={(expression) => <Preview expression={expression} step={step} editing={editing} />}
          onChange={(value) => editing.apply(setOfStep(editing.source, step.id, ['with', field.name], value))}
        />
      ))}
    </div>
  );
}
