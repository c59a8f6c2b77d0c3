import type { ReactNode } from 'react';

/** One subject of the account. */
export function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="wp-card wp-account-card">
      <h2>{title}</h2>
      {children}
    </section>
  );
}
