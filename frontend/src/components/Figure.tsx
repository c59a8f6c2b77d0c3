import type { ReactNode } from 'react';
import { Link } from 'react-router';

interface Props {
  name: string;
  /** Where more of it is. */
  to?: string;
  /** Undefined while it is not known. */
  value: ReactNode;
  note: ReactNode;
  children?: ReactNode;
}

/** A number that a page begins with, with what it is about and a word on it. */
export function Figure({ name, to, value, note, children }: Props) {
  return (
    <section className="wp-card wp-figure" aria-label={name}>
      <h2>{to ? <Link to={to}>{name}</Link> : name}</h2>
      <p className="wp-figure-value">{value ?? <span className="wp-skeleton" />}</p>
      <p className="wp-muted wp-hint">{note}</p>
      {children}
    </section>
  );
}
