import { Button } from 'antd';
import { CopyId } from '@/components/CopyId';
import { EmptyState } from '@/components/EmptyState';
import { useTranslation } from '@/hooks/use-translation';
import { useConnection } from '@/store/connection';

/** A page that broke, or whose files are gone after an update of the server. */
export function Failed() {
  const { t } = useTranslation();
  // What broke has often to do with what was answered last.
  const request = useConnection((state) => state.lastRequest);
  return (
    <main className="wp-main">
      <EmptyState title={t('failed.title')} text={t('failed.text')}>
        <Button type="primary" onClick={() => window.location.reload()}>
          {t('failed.reload')}
        </Button>
        {request && (
          <p className="wp-muted">
            {t('error.requestId')} <CopyId id={request} />
          </p>
        )}
      </EmptyState>
    </main>
  );
}
