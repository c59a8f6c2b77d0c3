import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router';
import { ErrorNote } from '@/components/ErrorNote';
import { Waiting } from '@/components/Waiting';
import { TEMPLATES } from '@/features/workflows/templates';
import { UseTemplate } from '@/features/workflows/UseTemplate';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { workflows } from '@/services/workflows';
import type { Template } from '@/types/api';

/** Workflows to begin with: those for a site, which only need their parameters, and plain ones to build on. */
export function Gallery() {
  const { t, i18n } = useTranslation();
  const [used, setUsed] = useState<Template | null>(null);
  const { data, error, refetch } = useQuery({
    queryKey: rareKeys.templates.in(i18n.language),
    queryFn: workflows.templates,
  });
  return (
    <>
      <h2 className="wp-h2">{t('gallery.ready')}</h2>
      {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      <div className="wp-gallery">
        {data?.map((template) => (
          <article key={template.name} className="wp-card wp-template-card">
            <h3>{template.name}</h3>
            <p className="wp-muted">{template.description}</p>
            <p className="flex flex-wrap gap-1">
              {template.actions.map((action) => (
                <code key={action} className="wp-badge">
                  {action}
                </code>
              ))}
            </p>
            <div className="flex flex-wrap gap-2">
              <Button
                type="primary"
                aria-label={t('gallery.useNamed', { name: template.name })}
                onClick={() => setUsed(template)}
              >
                {t('gallery.use')}
              </Button>
            </div>
          </article>
        ))}
      </div>
      <h2 className="wp-h2">{t('gallery.plain')}</h2>
      <div className="wp-gallery">
        {TEMPLATES.map((name) => (
          <Link key={name} to={`/workflows/new?template=${name}`} className="wp-template wp-card">
            <strong>{t(`templates.${name}.title`)}</strong>
            <span className="wp-muted">{t(`templates.${name}.text`)}</span>
          </Link>
        ))}
      </div>
      {used && <UseTemplate template={used} onClose={() => setUsed(null)} />}
    </>
  );
}
