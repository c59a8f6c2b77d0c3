import type { ReactNode } from 'react';
import { LanguageSwitch } from '@/components/LanguageSwitch';
import { useTranslation } from '@/hooks/use-translation';

/** The one column of the pages before signing in. */
export function AuthColumn({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <main className="wp-auth">
      <div className="wp-auth-column">
        <div className="wp-auth-brand">
          <img src="/favicon.svg" alt="" width="36" height="36" />
          <strong>Workflow Platform</strong>
        </div>
        <p className="wp-muted">{t('auth.sentence')}</p>
        <div className="wp-auth-card">
          <h1>{title}</h1>
          {children}
        </div>
        <LanguageSwitch />
      </div>
    </main>
  );
}
