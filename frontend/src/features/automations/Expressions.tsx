import { AutoComplete, Input } from 'antd';
import { completeWithin, completeWord, isOpen, suggestions } from '@/utils/expressions';

interface Props {
  id?: string;
  value?: string;
  onChange?: (text: string) => void;
  names: string[];
  placeholder?: string;
}

const choices = (texts: string[]) => texts.map((value) => ({ value }));

/** An expression, with the names that it may use as it is typed. */
export function ExpressionInput({ id, value = '', onChange, names, placeholder }: Props) {
  return (
    <AutoComplete
      id={id}
      className="wp-mono"
      value={value}
      onChange={onChange}
      onSelect={(name: string) => onChange?.(completeWord(value, name))}
      options={choices(suggestions(value, names))}
      placeholder={placeholder}
    />
  );
}

/** A text in which expressions may stand; names are offered within them. */
export function TemplateInput({ id, value = '', onChange, names, rows = 1 }: Props & { rows?: number }) {
  return (
    <AutoComplete
      value={value}
      onChange={onChange}
      onSelect={(name: string) => onChange?.(completeWithin(value, name))}
      options={isOpen(value) ? choices(suggestions(value, names)) : []}
    >
      <Input.TextArea id={id} autoSize={{ minRows: rows, maxRows: 8 }} />
    </AutoComplete>
  );
}
