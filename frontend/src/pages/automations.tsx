import { LinkButton } from '@/components/LinkButton';
import { PageHeader } from '@/components/PageHeader';
import { AutomationTable } from '@/features/automations/AutomationTable';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';
import '@/locales/automations';

export function Component() {
  const { t } = useTranslation();
  useTitle(t('nav.automations'));
  return (
    <>
      <PageHeader
        title={t('nav.automations')}
        note={t('automations.note')}
        extra={
          <>
            <LinkButton to="/automations/webhooks">{t('automations.webhooks')}</LinkButton>
            <LinkButton to="/automations/new" primary>
              {t('automations.create')}
            </LinkButton>
          </>
        }
      />
      <AutomationTable />
    </>
  );
}
