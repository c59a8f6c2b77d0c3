import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useTranslation } from '@/hooks/use-translation';

interface Props {
  title: ReactNode;
  parent?: { to: string; text: string };
  extra?: ReactNode;
  note?: ReactNode;
}

/** Where one is, and what can be done here. */
export function PageHeader({ title, parent, extra, note }: Props) {
  const { t } = useTranslation();
  return (
    <header className="wp-page-header">
      <div className="min-w-0">
        {parent && (
          <nav className="wp-crumb" aria-label={t('nav.crumb')}>
            <Link to={parent.to}>{parent.text}</Link>
            <span aria-hidden>/</span>
          </nav>
        )}
        <h1>{title}</h1>
        {note && <div className="wp-muted">{note}</div>}
      </div>
      {extra && <div className="flex flex-wrap items-center gap-2">{extra}</div>}
    </header>
  );
}
