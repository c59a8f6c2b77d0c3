import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { EmptyState } from '@/components/EmptyState';
import { useTitle } from '@/hooks/use-title';

export function Component() {
  const { t } = useTranslation();
  useTitle(t('notFound.title'));
  return (
    <EmptyState title={t('notFound.title')} text={t('notFound.text')}>
      <Link to="/workflows">{t('notFound.back')}</Link>
    </EmptyState>
  );
}
