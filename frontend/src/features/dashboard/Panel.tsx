import type { ReactNode } from 'react';
import { ErrorNote } from '@/components/ErrorNote';

interface Props {
  title: string;
  query: { error: unknown; isLoading: boolean; refetch: () => unknown };
  /** What to say when there is nothing; nothing while it is not known. */
  empty: string;
  children: ReactNode[] | undefined;
}

/** A list of the dashboard: its rows, their skeleton, or why there are none. */
export function Panel({ title, query, empty, children }: Props) {
  const { error, isLoading, refetch } = query;
  return (
    <section className="wp-card wp-account-card" aria-label={title}>
      <h2>{title}</h2>
      {Boolean(error) && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {isLoading && ['a', 'b', 'c'].map((row) => <span key={row} className="wp-skeleton" />)}
      {children && children.length > 0 && <ul className="wp-panel">{children}</ul>}
      {children?.length === 0 && !error && <p className="wp-muted">{empty}</p>}
    </section>
  );
}
