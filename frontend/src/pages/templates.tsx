import { PageHeader } from '@/components/PageHeader';
import { Gallery } from '@/features/workflows/Gallery';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';
import '@/locales/gallery';

export function Component() {
  const { t } = useTranslation();
  useTitle(t('gallery.title'));
  return (
    <>
      <PageHeader parent={{ to: '/workflows', text: t('nav.workflows') }} title={t('gallery.title')} />
      <Gallery />
    </>
  );
}
