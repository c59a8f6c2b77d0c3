import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { lazy, Suspense, useMemo } from 'react';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNote } from '@/components/ErrorNote';
import { Waiting } from '@/components/Waiting';
import { CHARTS, MEASURES, type Point, pointsOf } from '@/features/datasets/chart';
import { useRecordQuery } from '@/features/datasets/filter';
import { rareKeys } from '@/hooks/rare-keys';
import { useFilter } from '@/hooks/use-filter';
import { useTranslation } from '@/hooks/use-translation';
import { datasets, type RecordQuery } from '@/services/datasets';
import type { Dataset, DatasetRecord } from '@/types/api';
import { exact } from '@/utils/format';

const Chart = lazy(() => import('@/components/Chart'));

const PAGES = 10;
const MOST_POINTS = 30;
const NUMBERS = ['integer', 'number'];

/** Up to two thousand of the records that are found. */
async function sample(name: string, query: RecordQuery): Promise<{ records: DatasetRecord[]; more: boolean }> {
  const records: DatasetRecord[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const next = await datasets.records(name, query, cursor, 200);
    records.push(...next.items);
    cursor = next.next_cursor ?? undefined;
    if (!cursor) return { records, more: false };
  }
  return { records, more: true };
}

const ASKED = ['chart', 'by', 'measure', 'of'] as const;

/** What is drawn, as the address has it; by itself the first text against the number of records. */
function useAsked({ columns, key }: Dataset) {
  const { filter, change } = useFilter(ASKED);
  const numbers = columns.filter(({ type }) => NUMBERS.includes(type));
  const known = (name: string | undefined) => columns.find((column) => column.name === name)?.name;
  const chart = CHARTS.find((one) => one === filter.chart) ?? 'bar';
  const of = known(filter.of) ?? numbers[0]?.name;
  const wanted = MEASURES.find((one) => one === filter.measure) ?? 'count';
  const measure = of ? wanted : 'count';
  // Groups of one record each, as a key makes them, say little.
  const telling = columns.find(({ name, type }) => type === 'string' && !key.includes(name));
  const by = known(filter.by) ?? telling?.name ?? columns[0]?.name ?? '';
  return { chart, by, measure, of: measure === 'count' ? undefined : of, numbers, change } as const;
}

export function ChartBuilder({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation();
  const { query } = useRecordQuery();
  const { chart, by, measure, of, numbers, change } = useAsked(dataset);
  const columns = [by, of].filter((name) => name !== undefined).join(',');
  const asked = { search: query.search, filter: query.filter, columns };
  const { data, error, refetch } = useQuery({
    queryKey: rareKeys.dataset.sample(dataset.name, asked),
    queryFn: () => sample(dataset.name, asked),
    enabled: by !== '',
  });
  const drawn = useMemo(
    () => pointsOf(data?.records ?? [], { by, measure, of, most: MOST_POINTS }),
    [data, by, measure, of],
  );
  const label = (name: string) => dataset.columns.find((column) => column.name === name)?.label ?? name;
  const title = `${t(`dataset.measures.${measure}`)}${of ? ` ${label(of)}` : ''} · ${label(by)}`;
  if (dataset.columns.length === 0) return <EmptyState title={t('data.noRecords')} text={t('data.emptyText')} />;
  return (
    <div className="flex flex-col gap-3">
      <div className="wp-filters">
        <Select
          aria-label={t('dataset.chart')}
          value={chart}
          onChange={(value) => change('chart', value)}
          options={CHARTS.map((value) => ({ value, label: t(`dataset.charts.${value}`) }))}
        />
        <Select
          showSearch
          aria-label={t('dataset.groupBy')}
          value={by}
          onChange={(value) => change('by', value)}
          options={dataset.columns.map(({ name }) => ({ value: name, label: label(name) }))}
          prefix={<span className="wp-muted">{t('dataset.groupBy')}</span>}
        />
        <Select
          aria-label={t('dataset.measure')}
          value={measure}
          onChange={(value) => change('measure', value)}
          options={MEASURES.filter((one) => one === 'count' || numbers.length > 0).map((value) => ({
            value,
            label: t(`dataset.measures.${value}`),
          }))}
        />
        {of && (
          <Select
            aria-label={t('dataset.measured')}
            value={of}
            onChange={(value) => change('of', value)}
            options={numbers.map(({ name }) => ({ value: name, label: label(name) }))}
          />
        )}
      </div>
      {error && <ErrorNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data && drawn.points.length === 0 && (
        <EmptyState title={t('dataset.nothingDrawn')} text={t('dataset.nothingDrawnText')} />
      )}
      {data && drawn.points.length > 0 && (
        <section className="wp-card p-4" aria-label={title}>
          <Suspense fallback={<Waiting />}>
            <Chart kind={chart} points={drawn.points} label={title} />
          </Suspense>
          <p className="wp-muted pt-2">
            {t(data.more ? 'dataset.drawnSome' : 'dataset.drawnAll', { count: data.records.length })}
            {drawn.left > 0 && ` ${t('dataset.drawnLeft', { count: drawn.left })}`}
          </p>
          <Figures points={drawn.points} by={label(by)} of={t(`dataset.measures.${measure}`)} />
        </section>
      )}
    </div>
  );
}

/** The same as a table, for whoever cannot see the picture or wants the numbers. */
function Figures({ points, by, of }: { points: Point[]; by: string; of: string }) {
  const { t, i18n } = useTranslation();
  return (
    <details className="pt-2">
      <summary className="wp-link">{t('dataset.figures')}</summary>
      <table className="wp-table">
        <thead>
          <tr>
            <th scope="col">{by}</th>
            <th scope="col" className="wp-right">
              {of}
            </th>
          </tr>
        </thead>
        <tbody>
          {points.map(({ name, value }) => (
            <tr key={name}>
              <td>{name}</td>
              <td className="wp-right">{exact(value, i18n.language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
