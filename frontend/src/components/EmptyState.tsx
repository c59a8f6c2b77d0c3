import type { ReactNode } from 'react';

/** Nothing here yet: says so, and what to do next. */
export function EmptyState({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  return (
    <section className="wp-empty">
      <h2>{title}</h2>
      <p>{text}</p>
      {children}
    </section>
  );
}
