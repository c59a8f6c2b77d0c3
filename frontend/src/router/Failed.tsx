import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/components/EmptyState';

/** A page that broke, or whose files are gone after an update of the server. */
export function Failed() {
  const { t } = useTranslation();
  return (
    <main className="wp-main">
      <EmptyState title={t('failed.title')} text={t('failed.text')}>
        <Button type="primary" onClick={() => window.location.reload()}>
          {t('failed.reload')}
        </Button>
      </EmptyState>
    </main>
  );
}
