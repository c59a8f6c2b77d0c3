import { Button } from 'antd';
import { memo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorNote } from '@/components/ErrorNote';

export interface Column<T> {
  key: string;
  title: ReactNode;
  render: (row: T) => ReactNode;
  align?: 'right';
  /** Left out on narrow screens. */
  wide?: boolean;
}

interface Props<T> {
  label: string;
  columns: Column<T>[];
  /** Undefined while they are loading. */
  rows: T[] | undefined;
  rowKey: (row: T, index: number) => string;
  error?: unknown;
  onRetry?: () => void;
  empty?: ReactNode;
  more?: () => void;
  loadingMore?: boolean;
}

const SKELETON = ['a', 'b', 'c', 'd', 'e'];

const cell = <T,>({ align, wide }: Column<T>) =>
  [align === 'right' && 'wp-right', wide && 'wp-wide'].filter(Boolean).join(' ') || undefined;

/** A keyset list: a plain table, skeleton rows while loading, and "load more" at its end. */
export function DataTable<T>(props: Props<T>) {
  const { t } = useTranslation();
  const { label, columns, rows, rowKey, error, empty, more, loadingMore } = props;
  if (error && !rows) return <ErrorNote error={error} onRetry={props.onRetry} />;
  if (rows?.length === 0 && empty) return empty;
  return (
    <div className="wp-card">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className="overflow-x-auto" aria-label={label} tabIndex={0}>
        <table className="wp-table" aria-busy={!rows}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.key} scope="col" className={cell(column)}>
                  {column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows?.map((row, index) => <Row key={rowKey(row, index)} row={row} columns={columns} />) ?? (
              <SkeletonRows columns={columns} />
            )}
          </tbody>
        </table>
      </section>
      {rows && error ? <ErrorNote error={error} onRetry={props.onRetry} /> : null}
      {more && (
        <div className="flex justify-center p-3">
          <Button onClick={more} loading={loadingMore}>
            {t('common.more')}
          </Button>
        </div>
      )}
    </div>
  );
}

/** Drawn again only when its record or the columns are others: long lists keep their columns. */
const Row = memo(function Row<T>({ row, columns }: { row: T; columns: Column<T>[] }) {
  return (
    <tr>
      {columns.map((column) => (
        <td key={column.key} className={cell(column)}>
          {column.render(row)}
        </td>
      ))}
    </tr>
  );
}) as <T>(props: { row: T; columns: Column<T>[] }) => ReactNode;

function SkeletonRows<T>({ columns }: { columns: Column<T>[] }) {
  return SKELETON.map((row) => (
    <tr key={row}>
      {columns.map((column) => (
        <td key={column.key} className={cell(column)}>
          <span className="wp-skeleton" />
        </td>
      ))}
    </tr>
  ));
}
