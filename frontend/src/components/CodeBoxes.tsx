import { type ClipboardEvent, type KeyboardEvent, useRef } from 'react';
import { useTranslation } from '@/hooks/use-translation';

const PLACES = [0, 1, 2, 3, 4, 5];

interface Props {
  label: string;
  value: string;
  error: string | null;
  onChange: (code: string) => void;
}

const digits = (text: string) => text.replace(/\D/g, '').slice(0, PLACES.length);

/** Six boxes for a mailed code. Digits only; a pasted or filled-in code goes into all of them. */
export function CodeBoxes({ label, value, error, onChange }: Props) {
  const { t } = useTranslation();
  const boxes = useRef<(HTMLInputElement | null)[]>([]);
  const focus = (place: number) => boxes.current[Math.max(0, Math.min(place, PLACES.length - 1))]?.focus();

  const write = (place: number, text: string) => {
    const typed = digits(text);
    // A box that held a digit gives both; the new one counts.
    const added = typed.length === 2 && value[place] ? typed.replace(value[place], '') : typed;
    const next = digits(value.slice(0, place) + added + value.slice(place + Math.max(added.length, 1)));
    onChange(next);
    if (added) focus(place + added.length);
  };
  const paste = (event: ClipboardEvent) => {
    event.preventDefault();
    const code = digits(event.clipboardData.getData('text'));
    if (!code) return;
    onChange(code);
    focus(code.length);
  };
  const key = (place: number, event: KeyboardEvent) => {
    if (event.key === 'ArrowLeft') focus(place - 1);
    if (event.key === 'ArrowRight') focus(place + 1);
    if (event.key === 'Backspace' && !value[place] && place > 0) {
      onChange(value.slice(0, place - 1) + value.slice(place));
      focus(place - 1);
    }
  };

  return (
    <fieldset className="wp-code-boxes" onPaste={paste}>
      <legend>{label}</legend>
      {PLACES.map((place) => (
        <input
          key={place}
          ref={(box) => {
            boxes.current[place] = box;
          }}
          className="wp-input"
          inputMode="numeric"
          autoComplete={place === 0 ? 'one-time-code' : 'off'}
          aria-label={t('auth.digit', { place: place + 1 })}
          aria-invalid={error !== null}
          value={value[place] ?? ''}
          onChange={(event) => write(place, event.target.value)}
          onKeyDown={(event) => key(place, event)}
          onFocus={(event) => event.target.select()}
        />
      ))}
    </fieldset>
  );
}
