import { Link, useLocation } from 'react-router';
import { AuthColumn } from '@/features/auth/AuthColumn';
import { SignUpForm } from '@/features/auth/SignUpForm';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';

export function Component() {
  const { t } = useTranslation();
  const { search } = useLocation();
  useTitle(t('auth.signUp'));
  return (
    <AuthColumn title={t('auth.signUp')}>
      <SignUpForm />
      <p className="wp-auth-other">
        {t('auth.haveAccount')} <Link to={`/sign-in${search}`}>{t('auth.signIn')}</Link>
      </p>
    </AuthColumn>
  );
}
