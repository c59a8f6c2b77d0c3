import { NavLink } from 'react-router';
import { useTranslation } from '@/hooks/use-translation';

const TABS = [
  ['/account/profile', 'profile.title'],
  ['/account/security', 'security.title'],
  ['/account/api-keys', 'nav.keys'],
  ['/account/notifications', 'nav.notifications'],
] as const;

/** The pages of one's own account. */
export function AccountTabs() {
  const { t } = useTranslation();
  return (
    <nav className="wp-account-tabs" aria-label={t('account.settings')}>
      {TABS.map(([to, text]) => (
        <NavLink key={to} to={to}>
          {t(text)}
        </NavLink>
      ))}
    </nav>
  );
}
