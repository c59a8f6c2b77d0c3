import { useState } from 'react';

/** Says what is wrong with a value; null when nothing is. */
export type Rule = (value: string) => string | null;

type Texts<Name extends string> = Record<Name, string>;
type Errors<Name extends string> = Partial<Record<Name, string | null>>;

/**
 * Values of a small form. They are checked as one types, but faults are shown only after the
 * field was left or the form was sent; what the server says stays until the field changes.
 */
export function useFields<Name extends string>(rules: Record<Name, Rule>) {
  const names = Object.keys(rules) as Name[];
  const [values, setValues] = useState(() => Object.fromEntries(names.map((name) => [name, ''])) as Texts<Name>);
  const [shown, setShown] = useState<Name[]>([]);
  const [said, setSaid] = useState<Errors<Name>>({});

  const show = (more: Name[]) => setShown((now) => [...new Set([...now, ...more])]);
  const faults = (some: Name[]) => some.filter((name) => rules[name](values[name]) !== null);

  return {
    values,
    /** Whether the fields named hold; from now on their faults are shown. */
    check(some: Name[] = names): boolean {
      show(some);
      return faults(some).length === 0;
    },
    /** Begins a field anew: its fault is hidden until the next check. */
    calm: (name: Name) => setShown((now) => now.filter((one) => one !== name)),
    /** Shows messages of the server under their fields. */
    say: setSaid as (messages: Errors<Name>) => void,
    /** What a field needs. */
    field: (name: Name) => ({
      name,
      value: values[name],
      error: said[name] ?? (shown.includes(name) ? rules[name](values[name]) : null),
      onChange(value: string) {
        setValues((now) => ({ ...now, [name]: value }));
        setSaid((now) => ({ ...now, [name]: null }));
      },
      onLeave: () => values[name] !== '' && show([name]),
    }),
  };
}
