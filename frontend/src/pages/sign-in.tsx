import { Link, useLocation } from 'react-router';
import { AuthColumn } from '@/features/auth/AuthColumn';
import { SignInForm } from '@/features/auth/SignInForm';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';
import { useSession } from '@/store/session';

export function Component() {
  const { t } = useTranslation();
  const { search } = useLocation();
  const ended = useSession((session) => session.ended);
  useTitle(t('auth.signIn'));
  return (
    <AuthColumn title={t('auth.signIn')}>
      {ended && <p role="status">{t('auth.ended')}</p>}
      <SignInForm />
      <p className="wp-auth-other">
        <Link to={`/reset-password${search}`}>{t('auth.forgot')}</Link>
      </p>
      <p className="wp-auth-other">
        {t('auth.noAccount')} <Link to={`/sign-up${search}`}>{t('auth.signUp')}</Link>
      </p>
    </AuthColumn>
  );
}
