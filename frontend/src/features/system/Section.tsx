import type { ReactNode } from 'react';

/** A part of the page under its heading. */
export function Section({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-2" aria-label={title}>
      <h2 className="wp-section-title">{title}</h2>
      {note && <p className="wp-muted">{note}</p>}
      {children}
    </section>
  );
}
