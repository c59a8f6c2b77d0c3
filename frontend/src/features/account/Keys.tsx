import { AccountTabs } from '@/components/AccountTabs';
import { PageHeader } from '@/components/PageHeader';
import { CreateKey } from '@/features/account/keys/CreateKey';
import { KeyTable } from '@/features/account/keys/KeyTable';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';

export function Keys() {
  const { t } = useTranslation();
  useTitle(t('nav.keys'));
  return (
    <>
      <PageHeader title={t('nav.keys')} note={t('keys.note')} extra={<CreateKey />} />
      <AccountTabs />
      <KeyTable />
    </>
  );
}
