import { Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from '@/hooks/use-translation';

export interface TextFilter<Name extends string> {
  name: Name;
  /** The key of what it is called. */
  label: string;
  maxLength: number;
}

interface Props<Name extends string> {
  texts: readonly TextFilter<Name>[];
  filter: Partial<Record<Name, string>>;
  change: (name: Name, value?: string) => void;
}

/** Fields of a filter that take words. They count on Enter, when cleared, and when the field is left. */
export function TextFilters<Name extends string>({ texts, filter, change }: Props<Name>) {
  return texts.map(({ name, label, maxLength }) => (
    <Field
      key={name}
      label={label}
      maxLength={maxLength}
      value={filter[name] ?? ''}
      onChange={(value) => change(name, value)}
    />
  ));
}

interface FieldProps {
  label: string;
  maxLength: number;
  value: string;
  onChange: (value: string) => void;
}

function Field({ label, maxLength, value, onChange }: FieldProps) {
  const { t } = useTranslation();
  const [{ text, of }, setTyped] = useState({ text: value, of: value });
  // The address may change without this field: by "back", or a link.
  if (of !== value) setTyped({ text: value, of: value });
  // A field that is left as it was makes no step to go back by.
  const settle = (typed: string) => typed.trim() !== value && onChange(typed.trim());
  return (
    <Input
      allowClear
      aria-label={t(label)}
      placeholder={t(label)}
      maxLength={maxLength}
      value={text}
      onChange={(event) => setTyped({ text: event.target.value, of: value })}
      onClear={() => settle('')}
      onPressEnter={(event) => settle(event.currentTarget.value)}
      onBlur={(event) => settle(event.currentTarget.value)}
    />
  );
}
