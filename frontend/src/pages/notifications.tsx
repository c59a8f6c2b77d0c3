import { LinkButton } from '@/components/LinkButton';
import { PageHeader } from '@/components/PageHeader';
import { NotificationList, ReadAll } from '@/features/notifications/NotificationList';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';
import '@/locales/automations';

export function Component() {
  const { t } = useTranslation();
  useTitle(t('nav.notifications'));
  return (
    <>
      <PageHeader
        title={t('nav.notifications')}
        note={t('notifications.kept')}
        extra={
          <>
            <LinkButton to="/account/notifications">{t('notifications.settings')}</LinkButton>
            <ReadAll />
          </>
        }
      />
      <NotificationList />
    </>
  );
}
