import { AutoComplete, Button, Input, InputNumber, Select, Switch } from 'antd';
import { type ReactNode, useEffect, useId, useState } from 'react';
import { useTranslation } from '@/hooks/use-translation';
import type { Json } from '@/types/api';
import { complete, isExpression, suggestions } from '@/utils/expressions';
import { type Field, isJson } from '@/utils/schema';

interface Props {
  field: Field;
  value: Json | undefined;
  /** What expressions may name; absent where there are none. */
  names?: string[];
  onChange: (value: Json | undefined) => void;
  /** What is shown below an expression: what it comes to. */
  preview?: (expression: string) => ReactNode;
}

const WIDE = { width: '100%' };

/** A value of a step or a parameter: in the control of its kind, or as an expression where one may stand. */
export function ValueField({ field, value, names, onChange, preview }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const [wanted, setWanted] = useState(false);
  const expression = names !== undefined && (wanted || isExpression(value));
  const plain = field.kind === 'text' || field.kind === 'json';
  const toggle = () => {
    if (expression) onChange(undefined);
    setWanted(!expression);
  };
  return (
    <div className="wp-field">
      <span className="flex items-center justify-between gap-2">
        <label htmlFor={id}>
          {field.label}
          {field.key && field.key !== field.label && <code className="wp-muted wp-field-key">{field.key}</code>}
          {field.required && <span className="wp-problem-error"> *</span>}
        </label>
        {names && (
          <Button
            size="small"
            type={expression ? 'primary' : 'text'}
            aria-pressed={expression}
            aria-label={t('canvas.asExpression', { name: field.label })}
            onClick={toggle}
          >
            {'{ }'}
          </Button>
        )}
      </span>
      {expression ? (
        <Expression id={id} value={value} names={names} onChange={onChange} preview={preview} />
      ) : plain ? (
        <Text id={id} field={field} value={value} onChange={onChange} />
      ) : (
        <Control id={id} field={field} value={value} onChange={onChange} />
      )}
      {field.help && <span className="wp-muted wp-hint">{field.help}</span>}
    </div>
  );
}

type One = Omit<Props, 'names' | 'preview'> & { id: string };

/** What is typed becomes the value when the field is left: half a value is none. */
function useDraft(shown: string, keep: (text: string) => void) {
  const [draft, setDraft] = useState(shown);
  useEffect(() => setDraft(shown), [shown]);
  return { draft, setDraft, leave: () => (draft === shown ? undefined : keep(draft)) };
}

function Expression({ id, value, names = [], onChange, preview }: Omit<Props, 'field'> & { id: string }) {
  const { t } = useTranslation();
  // Tried while it is written at: the server tries few things at once.
  const [inside, setInside] = useState(false);
  const { draft, setDraft, leave } = useDraft(typeof value === 'string' ? value : '', (text) =>
    onChange(text.trim() === '' ? undefined : isExpression(text) ? text : `\${{ ${text.trim()} }}`),
  );
  return (
    <>
      <AutoComplete
        id={id}
        className="wp-mono"
        value={draft}
        onChange={setDraft}
        onFocus={() => setInside(true)}
        onBlur={() => {
          setInside(false);
          leave();
        }}
        onSelect={(name: string) => setDraft(complete(draft, name))}
        options={suggestions(draft, names).map((name) => ({ value: name }))}
        placeholder={t('canvas.expression')}
      />
      {inside && preview?.(draft)}
    </>
  );
}

function Text({ id, field, value, onChange }: One) {
  const { t } = useTranslation();
  const json = field.kind === 'json';
  const shown = value === undefined ? '' : json ? JSON.stringify(value, null, 2) : String(value);
  const { draft, setDraft, leave } = useDraft(shown, (text) => {
    if (text === '') onChange(undefined);
    else if (!json) onChange(text);
    else if (isJson(text)) onChange(JSON.parse(text) as Json);
  });
  const bad = json && draft !== '' && !isJson(draft);
  return (
    <>
      <Input.TextArea
        id={id}
        className={json || field.name === 'code' ? 'wp-mono' : ''}
        autoSize={{ minRows: 1, maxRows: 14 }}
        status={bad ? 'error' : ''}
        value={draft}
        placeholder={field.initial === undefined ? undefined : String(field.initial)}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={leave}
      />
      {bad && <span className="wp-field-error">{t('form.json')}</span>}
    </>
  );
}

function Control({ id, field, value, onChange }: One) {
  switch (field.kind) {
    case 'boolean':
      return (
        <span>
          <Switch id={id} checked={(value ?? field.initial) === true} onChange={onChange} />
        </span>
      );
    case 'choice':
      return (
        <Select
          id={id}
          allowClear
          value={value as string | undefined}
          placeholder={field.initial === undefined ? undefined : String(field.initial)}
          onChange={(next?: string) => onChange(next)}
          options={field.choices?.map((choice) => ({ value: choice as string, label: String(choice) }))}
        />
      );
    case 'integer':
    case 'number':
      return (
        <InputNumber
          id={id}
          style={WIDE}
          min={field.min}
          max={field.max}
          precision={field.kind === 'integer' ? 0 : undefined}
          value={typeof value === 'number' ? value : null}
          placeholder={field.initial === undefined ? undefined : String(field.initial)}
          changeOnWheel={false}
          onChange={(next) => onChange(next ?? undefined)}
        />
      );
    default:
      return (
        <Select
          id={id}
          mode="tags"
          open={false}
          suffixIcon={null}
          tokenSeparators={[',', '，', '\n']}
          value={Array.isArray(value) ? value.map(String) : []}
          onChange={(next: string[]) => onChange(next.length > 0 ? next : undefined)}
        />
      );
  }
}
