import { Button } from 'antd';
import { Link } from 'react-router';
import { ErrorNote } from '@/components/ErrorNote';
import { Waiting } from '@/components/Waiting';
import { When } from '@/components/When';
import { Value } from '@/features/datasets/Value';
import { rareKeys } from '@/hooks/rare-keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { datasets } from '@/services/datasets';
import type { Dataset, DatasetChange } from '@/types/api';

/** What became of a record, the newest change first. */
export function RecordHistory({ dataset, name }: { dataset: Dataset; name: string }) {
  const { t } = useTranslation();
  const { items, error, retry, more, loadingMore } = usePaged(rareKeys.dataset.history(dataset.name, name), (cursor) =>
    datasets.history(dataset.name, name, cursor),
  );
  return (
    <section aria-label={t('dataset.historyOf', { name })} className="flex flex-col gap-3">
      <h2>{t('dataset.history')}</h2>
      {error ? <ErrorNote error={error} onRetry={retry} /> : null}
      {!items && !error && <Waiting />}
      {items?.map((change) => (
        <Change key={change.version} change={change} labels={dataset.columns} />
      ))}
      {more && (
        <Button onClick={more} loading={loadingMore}>
          {t('common.more')}
        </Button>
      )}
    </section>
  );
}

function Change({ change, labels }: { change: DatasetChange; labels: Dataset['columns'] }) {
  const { t } = useTranslation();
  const label = (field: string) => labels.find(({ name }) => name === field)?.label ?? field;
  return (
    <article className="wp-card p-3">
      <p>
        <strong>{t(`dataset.kinds.${change.kind}`)}</strong> <When time={change.at} />{' '}
        <span className="wp-muted">
          {t(`dataset.causes.${change.cause}`)} · {t('dataset.version')} {change.version}
        </span>{' '}
        {change.execution_id && <Link to={`/executions/${change.execution_id}`}>{t('dataset.execution')}</Link>}
      </p>
      {change.kind === 'changed' && (
        <div className="overflow-x-auto">
          <table className="wp-table">
            <thead>
              <tr>
                <th scope="col">{t('dataset.field')}</th>
                <th scope="col">{t('dataset.before')}</th>
                <th scope="col">{t('dataset.after')}</th>
              </tr>
            </thead>
            <tbody>
              {change.fields.map(({ field, before, after }) => (
                <tr key={field}>
                  <th scope="row">{label(field)}</th>
                  <td>
                    <Value value={before} />
                  </td>
                  <td>
                    <Value value={after} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </article>
  );
}
