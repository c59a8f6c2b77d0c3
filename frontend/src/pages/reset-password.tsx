import { Link, useLocation } from 'react-router';
import { AuthColumn } from '@/features/auth/AuthColumn';
import { ResetForm } from '@/features/auth/ResetForm';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';

export function Component() {
  const { t } = useTranslation();
  const { search } = useLocation();
  useTitle(t('auth.resetTitle'));
  return (
    <AuthColumn title={t('auth.resetTitle')}>
      <ResetForm />
      <p className="wp-auth-other">
        <Link to={`/sign-in${search}`}>{t('auth.signIn')}</Link>
      </p>
    </AuthColumn>
  );
}
