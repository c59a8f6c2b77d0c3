import { Link } from 'react-router';
import { EmptyState } from '@/components/EmptyState';
import { TEMPLATES } from '@/features/workflows/templates';
import { useTranslation } from '@/hooks/use-translation';

/** No workflow yet: some to begin with. */
export function Templates() {
  const { t } = useTranslation();
  return (
    <EmptyState title={t('workflows.emptyTitle')} text={t('workflows.emptyText')}>
      <div className="wp-templates">
        {TEMPLATES.map((name) => (
          <Link key={name} to={`/workflows/new?template=${name}`} className="wp-template">
            <strong>{t(`templates.${name}.title`)}</strong>
            <span className="wp-muted">{t(`templates.${name}.text`)}</span>
          </Link>
        ))}
      </div>
    </EmptyState>
  );
}
