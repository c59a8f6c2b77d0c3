import { useTranslation } from 'react-i18next';
import { PageHeader } from '@/components/PageHeader';
import { Plan } from '@/features/plan/Plan';
import { useTitle } from '@/hooks/use-title';

export function Component() {
  const { t } = useTranslation();
  useTitle(t('nav.plan'));
  return (
    <>
      <PageHeader title={t('nav.plan')} />
      <Plan />
    </>
  );
}
