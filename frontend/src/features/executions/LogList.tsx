import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNote } from '@/components/ErrorNote';
import { keys } from '@/hooks/keys';
import { usePaged } from '@/hooks/use-paged';
import { executions } from '@/services/executions';
import { absolute } from '@/utils/format';

export function LogList({ id }: { id: string }) {
  const { t } = useTranslation();
  const { items, error, retry, more } = usePaged(keys.executions.logs(id), (cursor) => executions.logs(id, cursor));
  if (error && !items) return <ErrorNote error={error} onRetry={retry} />;
  if (items?.length === 0) return <EmptyState title={t('logs.emptyTitle')} text={t('logs.emptyText')} />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="wp-logs" aria-label={t('executions.logs')} tabIndex={0}>
      {items?.map((line, index) => (
        <div key={index} className={`wp-log wp-log-${line.level}`}>
          <time dateTime={line.at}>{absolute(line.at).slice(11)}</time>
          <span className="wp-log-level">{line.level}</span>
          <span className="wp-log-step">{line.item === null ? line.step : `${line.step}[${line.item}]`}</span>
          <span className="wp-log-message">{line.message}</span>
        </div>
      ))}
      {more && (
        <button type="button" className="wp-link" onClick={more}>
          {t('common.more')}
        </button>
      )}
    </section>
  );
}
