import { Button, Select, Switch } from 'antd';
import { useId } from 'react';
import { removeParam, renameParam, requireParam, retypeParam, setOfParam } from '@/features/workflows/edit-params';
import { NameField } from '@/features/workflows/NameField';
import { PARAM_TYPES, type Param, type ParamType } from '@/features/workflows/params';
import { ValueField } from '@/features/workflows/ValueField';
import { useTranslation } from '@/hooks/use-translation';
import type { Json } from '@/types/api';
import { type Field, fieldsOf } from '@/utils/schema';

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

const field = (name: string, kind: Field['kind'], more: Partial<Field> = {}): Field => ({
  name,
  label: name,
  kind,
  required: false,
  ...more,
});

const LENGTHS = [field('minLength', 'integer', { min: 0 }), field('maxLength', 'integer', { min: 0 })];
const COUNTS = [field('minItems', 'integer', { min: 0 }), field('maxItems', 'integer', { min: 0 })];

/** What is said below a field where its label leaves something open. */
const HELPED = ['title', 'description', 'default', 'pattern', 'items', 'properties'];

/** What may be said of the values of a type. */
function boundsOf({ type, schema }: Param): Field[] {
  switch (type) {
    case 'string':
      return [...LENGTHS, field('pattern', 'text')];
    case 'integer':
    case 'number':
      return [field('minimum', type), field('maximum', type)];
    case 'choice': {
      const texts = Array.isArray(schema.enum) && schema.enum.every((one) => typeof one === 'string');
      return [field('enum', texts ? 'list' : 'json', { required: true })];
    }
    case 'list':
      return [field('items', 'json'), ...COUNTS];
    case 'files':
      return COUNTS;
    case 'object':
      return [field('properties', 'json')];
    default:
      return [];
  }
}

/** The control for what is taken when nothing is given; uploads have no default. */
function defaultOf({ type, schema }: Param): Field[] {
  if (type === 'files') return [];
  const [drawn] = fieldsOf({ properties: { default: schema } });
  const shape: Field = { ...(drawn ?? field('default', 'json')), required: false, help: undefined, initial: undefined };
  return [type === 'boolean' ? { ...shape, kind: 'choice', choices: [true, false] } : shape];
}

interface Props {
  param: Param;
  params: Param[];
  source: string;
  /** Takes the next text, and may show another parameter. */
  apply: (text: string, chosen?: string | null) => void;
}

/** One parameter: its name, what its values are, and how a run asks for it. */
export function ParamForm({ param, params, source, apply }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const { name, schema } = param;
  const fault = (next: string) => {
    if (!IDENTIFIER.test(next)) return t('parameters.nameShape');
    return params.some((other) => other.name === next) ? t('parameters.nameTaken') : null;
  };
  const set = (key: string) => (value: Json | undefined) => {
    // Without any choice nothing could be given.
    if (key === 'enum' && (!Array.isArray(value) || value.length === 0)) return;
    apply(setOfParam(source, name, key, value));
  };
  const fields = [field('title', 'text'), field('description', 'text'), ...boundsOf(param), ...defaultOf(param)];
  return (
    <div className="wp-form wp-param-form">
      <span className="flex flex-wrap items-center gap-2">
        <NameField
          label={t('parameters.name')}
          name={name}
          fault={fault}
          onRename={(next) => apply(renameParam(source, name, next), next)}
        />
        <Button size="small" danger onClick={() => apply(removeParam(source, name), null)}>
          {t('canvas.remove')}
        </Button>
      </span>
      <div className="wp-field">
        <label htmlFor={`${id}-type`}>{t('parameters.type')}</label>
        <Select
          id={`${id}-type`}
          value={param.type}
          onChange={(type: ParamType) => apply(retypeParam(source, name, type, t('parameters.firstChoice')))}
          options={PARAM_TYPES.map((type) => ({ value: type, label: t(`parameters.types.${type}`) }))}
        />
      </div>
      <span className="flex items-center gap-2">
        <Switch
          id={`${id}-required`}
          size="small"
          checked={param.required}
          onChange={(must) => apply(requireParam(source, name, must))}
        />
        <label htmlFor={`${id}-required`}>{t('parameters.must')}</label>
      </span>
      {fields.map((one) => (
        <ValueField
          key={`${param.type} ${one.name}`}
          field={{
            ...one,
            label: t(`parameters.fields.${one.name}`),
            key: one.name,
            help: HELPED.includes(one.name) ? t(`parameters.help.${one.name}`) : undefined,
          }}
          value={schema[one.name]}
          onChange={set(one.name)}
        />
      ))}
    </div>
  );
}
