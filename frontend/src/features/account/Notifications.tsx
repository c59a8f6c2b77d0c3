import { useQuery } from '@tanstack/react-query';
import { AccountTabs } from '@/components/AccountTabs';
import { LinkButton } from '@/components/LinkButton';
import { PageHeader } from '@/components/PageHeader';
import { Card } from '@/features/account/Card';
import { ToldTable } from '@/features/account/ToldTable';
import { keys } from '@/hooks/keys';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';
import { account } from '@/services/account';

/** Mails that nobody can do without. */
const ALWAYS = ['account', 'money', 'leaving'] as const;

function Always() {
  const { t } = useTranslation();
  const { data } = useQuery({ queryKey: keys.account.me, queryFn: account.me });
  return (
    <Card title={t('told.always')}>
      <ul className="list-disc pl-5">
        {ALWAYS.map((mail) => (
          <li key={mail}>{t(`told.mails.${mail}`)}</li>
        ))}
      </ul>
      {data && (
        <div className="flex flex-wrap items-center justify-between gap-2">
          <span className="wp-muted break-words">{t('told.address', { email: data.email })}</span>
          <LinkButton to="/account/security">{t('told.changeAddress')}</LinkButton>
        </div>
      )}
    </Card>
  );
}

export function Notifications() {
  const { t } = useTranslation();
  useTitle(t('nav.notifications'));
  return (
    <>
      <PageHeader
        title={t('nav.notifications')}
        note={t('told.note')}
        extra={<LinkButton to="/automations/new">{t('told.make')}</LinkButton>}
      />
      <AccountTabs />
      <div className="wp-account-cards">
        <Card title={t('told.rules')}>
          <p className="wp-muted">{t('told.rulesText')}</p>
          <ToldTable />
        </Card>
        <Always />
      </div>
    </>
  );
}
