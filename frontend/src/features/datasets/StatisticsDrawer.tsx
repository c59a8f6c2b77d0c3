import { useQuery } from '@tanstack/react-query';
import { Drawer } from 'antd';
import { Count } from '@/components/Count';
import { ErrorNote } from '@/components/ErrorNote';
import { Note } from '@/components/Note';
import { Waiting } from '@/components/Waiting';
import { Value } from '@/features/datasets/Value';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { datasets } from '@/services/datasets';
import type { DatasetColumn, FieldStatistics } from '@/types/api';

/** What the values of a field are like. */
export function StatisticsDrawer({
  name,
  column,
  onClose,
}: {
  name: string;
  column: DatasetColumn;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({
    queryKey: rareKeys.dataset.statistics(name, column.name),
    queryFn: () => datasets.statistics(name, column.name),
  });
  return (
    <Drawer open title={t('dataset.statisticsOf', { name: column.label ?? column.name })} onClose={onClose} size={520}>
      {column.description && <p className="wp-muted pb-3">{column.description}</p>}
      {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {data ? <Statistics data={data} /> : !error && <Waiting />}
    </Drawer>
  );
}

function Statistics({ data }: { data: FieldStatistics }) {
  const { t, i18n } = useTranslation();
  const { examined, nulls, distinct, min, max, top, sampled } = data;
  const share = (count: number) =>
    (examined > 0 ? count / examined : 0).toLocaleString(i18n.language, { style: 'percent', maximumFractionDigits: 1 });
  const most = top[0]?.count ?? 1;
  return (
    <div className="flex flex-col gap-4">
      {sampled && <Note kind="info" title={t('dataset.sampled', { count: examined })} />}
      <dl className="wp-facts">
        <Fact name={t('dataset.examined')}>
          <Count value={examined} />
        </Fact>
        <Fact name={t('dataset.nulls')}>
          <Count value={nulls} /> <span className="wp-muted">{share(nulls)}</span>
        </Fact>
        <Fact name={t('dataset.distinct')}>
          <Count value={distinct} />
        </Fact>
        <Fact name={t('dataset.least')}>
          <Value value={min} />
        </Fact>
        <Fact name={t('dataset.most')}>
          <Value value={max} />
        </Fact>
      </dl>
      <section aria-label={t('dataset.frequent')}>
        <h3 className="pb-2">{t('dataset.frequent')}</h3>
        <table className="wp-table">
          <tbody>
            {top.map(({ value, count }) => (
              <tr key={JSON.stringify(value)}>
                <td>
                  <Value value={value} />
                  <span className="wp-frequency" style={{ width: `${(100 * count) / most}%` }} aria-hidden />
                </td>
                <td className="wp-right">
                  <Count value={count} /> <span className="wp-muted">{share(count)}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
