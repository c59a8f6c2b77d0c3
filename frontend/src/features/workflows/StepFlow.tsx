import { Select } from 'antd';
import { useId } from 'react';
import { mayConnect, type StepNode, waitsFor } from '@/components/canvas/graph';
import { setOfStep } from '@/features/workflows/edit';
import type { Editing } from '@/features/workflows/Inspector';
import { ValueField } from '@/features/workflows/ValueField';
import { useTranslation } from '@/hooks/use-translation';
import type { Json, JsonObject } from '@/types/api';
import type { Field } from '@/utils/schema';

const field = (name: string, kind: Field['kind'], more: Partial<Field> = {}): Field => ({
  name,
  label: name,
  kind,
  required: false,
  ...more,
});

/** Paths of what a step says of its flow, with their forms. */
const FIELDS: [string[], Field][] = [
  [['if'], field('if', 'text')],
  [['for_each'], field('for_each', 'json')],
  [['max_parallel'], field('max_parallel', 'integer', { min: 1, max: 1000, initial: 1 })],
  [['timeout'], field('timeout', 'text')],
  [['on_error'], field('on_error', 'choice', { choices: ['fail', 'continue'], initial: 'fail' })],
  [['retry', 'max_attempts'], field('max_attempts', 'integer', { min: 1, max: 100, initial: 1 })],
  [['retry', 'backoff'], field('backoff', 'choice', { choices: ['fixed', 'linear', 'exponential'] })],
  [['retry', 'initial'], field('initial', 'text')],
  [['retry', 'max'], field('max', 'text')],
];

const at = (value: Json | undefined, path: string[]): Json | undefined =>
  path.reduce<Json | undefined>((inner, name) => (inner as JsonObject | undefined)?.[name], value);

/** When the step runs, how often, and what happens when it fails. */
export function StepFlow({ step, editing }: { step: StepNode; editing: Editing }) {
  const { t } = useTranslation();
  const { source, nodes, apply, names } = editing;
  const id = useId();
  // One that waits for this step cannot be waited for.
  const others = nodes.filter(
    (node) =>
      step.needs.includes(node.id) || (mayConnect(nodes, node.id, step.id) && !waitsFor(nodes, node.id, step.id)),
  );
  return (
    <div className="wp-form">
      <div className="wp-field">
        <label htmlFor={id}>{t('canvas.needs')}</label>
        <Select
          id={id}
          mode="multiple"
          value={step.needs}
          onChange={(needs: string[]) => apply(setOfStep(source, step.id, ['needs'], needs))}
          options={others.map((node) => ({ value: node.id, label: node.id }))}
          placeholder={t('canvas.atOnce')}
        />
        <span className="wp-muted wp-hint">{t(step.explicit ? 'canvas.needsSaid' : 'canvas.needsBefore')}</span>
      </div>
      {FIELDS.map(([path, shape]) => (
        <ValueField
          key={`${step.id} ${path.join('.')}`}
          field={{ ...shape, label: t(`canvas.fields.${shape.name}`), help: t(`canvas.help.${shape.name}`) }}
          value={at(step.rest, path)}
          names={names}
          onChange={(value) => apply(setOfStep(source, step.id, path, value))}
        />
      ))}
    </div>
  );
}
