import { Input } from 'antd';

interface Props {
  id?: string;
  value?: string;
  onChange?: (code: string) => void;
  label: string;
}

/** Six boxes for a mailed code. Digits only; a pasted code fills them all. */
export function CodeBoxes({ value, onChange, label, id }: Props) {
  return (
    <fieldset className="m-0 border-0 p-0" aria-label={label} id={id}>
      <Input.OTP
        length={6}
        size="large"
        inputMode="numeric"
        autoComplete="one-time-code"
        value={value ?? ''}
        formatter={(text) => text.replace(/\D/g, '')}
        onInput={(boxes) => onChange?.(boxes.join(''))}
        onChange={onChange}
      />
    </fieldset>
  );
}
