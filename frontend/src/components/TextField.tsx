import { type ComponentProps, useId, useState } from 'react';
import { useTranslation } from '@/hooks/use-translation';

type Native = Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'onBlur' | 'type'>;

interface Props extends Native {
  label: string;
  value: string;
  error: string | null;
  onChange: (value: string) => void;
  onLeave: () => void;
  secret?: boolean;
}

/** A labelled line of text. Lighter than the component library's, for the pages before signing in. */
export function TextField({ label, value, error, onChange, onLeave, secret = false, ...native }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const [open, setOpen] = useState(false);
  return (
    <div className="wp-field">
      <label htmlFor={id}>{label}</label>
      <span className="wp-field-box">
        <input
          {...native}
          id={id}
          className="wp-input"
          type={secret && !open ? 'password' : 'text'}
          value={value}
          aria-invalid={error !== null}
          aria-describedby={error ? `${id}-error` : undefined}
          onChange={(event) => onChange(event.target.value)}
          onBlur={onLeave}
        />
        {secret && (
          <button type="button" className="wp-field-show" aria-pressed={open} onClick={() => setOpen(!open)}>
            {t(open ? 'auth.hide' : 'auth.show')}
          </button>
        )}
      </span>
      {error && (
        <p id={`${id}-error`} className="wp-field-error">
          {error}
        </p>
      )}
    </div>
  );
}
