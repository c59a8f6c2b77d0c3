import { Link } from 'react-router';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';

export function Component() {
  const { t } = useTranslation();
  useTitle(t('notFound.title'));
  return (
    <section className="wp-empty">
      <h1>{t('notFound.title')}</h1>
      <p>{t('notFound.text')}</p>
      <Link to="/workflows">{t('notFound.back')}</Link>
    </section>
  );
}
