import { Button } from 'antd';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNote } from '@/components/ErrorNote';
import { LinkButton } from '@/components/LinkButton';
import { Waiting } from '@/components/Waiting';
import { DatasetCard } from '@/features/datasets/DatasetCard';
import { keys } from '@/hooks/keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { datasets } from '@/services/datasets';

export function DatasetCards() {
  const { t } = useTranslation();
  const { items, error, retry, more, loadingMore } = usePaged(keys.datasets.all, datasets.list);
  if (error && !items) return <ErrorNote error={error} onRetry={retry} />;
  if (!items) return <Waiting />;
  if (items.length === 0) {
    return (
      <EmptyState title={t('data.emptyTitle')} text={t('data.emptyText')}>
        <LinkButton to="/workflows">{t('nav.workflows')}</LinkButton>
      </EmptyState>
    );
  }
  return (
    <>
      <ul className="wp-gallery" aria-label={t('nav.data')}>
        {items.map((dataset) => (
          <DatasetCard key={dataset.name} dataset={dataset} />
        ))}
      </ul>
      {error && <ErrorNote error={error} onRetry={retry} />}
      {more && (
        <div className="flex justify-center">
          <Button onClick={more} loading={loadingMore}>
            {t('common.more')}
          </Button>
        </div>
      )}
    </>
  );
}
