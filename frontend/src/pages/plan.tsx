import { PageHeader } from '@/components/PageHeader';
import { Plan } from '@/features/plan/Plan';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';

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
