import { Button } from 'antd';
import { memo, type ReactNode, type RefObject, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { useFold } from '@/hooks/use-fold';
import { useTranslation } from '@/hooks/use-translation';

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

/** Rows that come into view and leave it together. */
const CHUNK = 25;

const SKELETON = ['a', 'b', 'c', 'd', 'e'];

const cell = <T,>({ align, wide }: Column<T>) =>
  [align === 'right' && 'wp-right', wide && 'wp-wide'].filter(Boolean).join(' ') || undefined;

/** A keyset list: a plain table, skeleton rows while loading, and "load more" at its end. */
export function DataTable<T>(props: Props<T>) {
  const { t } = useTranslation();
  const { label, columns, rows, rowKey, error, empty, more, loadingMore } = props;
  const table = useRef<HTMLTableElement>(null);
  const chunks = useMemo(() => chunked(rows ?? []), [rows]);
  const long = chunks.length > 4;
  const widths = useKeptWidths(table, long, columns);
  if (error && !rows) return <ErrorNote error={error} onRetry={props.onRetry} />;
  if (rows?.length === 0 && empty) return empty;
  return (
    <div className="wp-card">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className="relative overflow-x-auto" aria-label={label} tabIndex={0}>
        <table ref={table} className="wp-table" aria-busy={!rows} data-rows={rows?.length}>
          {widths && (
            <colgroup>
              {widths.map((width, index) => (
                <col key={index} style={{ width }} />
              ))}
            </colgroup>
          )}
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.key} scope="col" className={cell(column)}>
                  {column.title}
                </th>
              ))}
            </tr>
          </thead>
          {rows ? (
            chunks.map((chunk, index) => (
              <Chunk key={index} rows={chunk} first={index * CHUNK} columns={columns} rowKey={rowKey} folds={long} />
            ))
          ) : (
            <tbody>
              <SkeletonRows columns={columns} />
            </tbody>
          )}
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

const chunked = <T,>(rows: T[]) =>
  Array.from({ length: Math.ceil(rows.length / CHUNK) }, (_, index) => rows.slice(index * CHUNK, (index + 1) * CHUNK));

/** The widths that the columns of a long table found, kept while rows come into view and leave it. */
function useKeptWidths(table: RefObject<HTMLTableElement | null>, long: boolean, columns: unknown) {
  const [kept, setKept] = useState<{ room: number; columns: unknown; widths: number[] }>();
  useLayoutEffect(() => {
    const element = table.current;
    const box = element?.parentElement;
    if (!(element && box && long)) return;
    const measure = () =>
      setKept((known) => {
        const room = box.clientWidth;
        if (known?.room === room && known.columns === columns) return known;
        const heads = [...element.querySelectorAll('th')];
        return { room, columns, widths: heads.map((head) => head.getBoundingClientRect().width) };
      });
    const watch = new ResizeObserver(measure);
    watch.observe(box);
    return () => watch.disconnect();
  }, [table, long, columns]);
  return long && kept && kept.columns === columns ? kept.widths : undefined;
}

interface ChunkProps<T> {
  rows: T[];
  /** The number of the first row. */
  first: number;
  columns: Column<T>[];
  rowKey: (row: T, index: number) => string;
}

const rowsOf = <T,>({ rows, first, columns, rowKey }: ChunkProps<T>) =>
  rows.map((row, index) => <Row key={rowKey(row, first + index)} row={row} columns={columns} />);

/** Rows beside each other. In a long table those far out of view are only as high as they were. */
function Chunk<T>({ folds, ...props }: ChunkProps<T> & { folds: boolean }) {
  return folds ? <FoldingChunk {...props} /> : <tbody>{rowsOf(props)}</tbody>;
}

function FoldingChunk<T>(props: ChunkProps<T>) {
  const ref = useRef<HTMLTableSectionElement>(null);
  const height = useFold(ref);
  return (
    <tbody ref={ref}>
      {height === undefined ? (
        rowsOf(props)
      ) : (
        <tr aria-hidden>
          <td colSpan={props.columns.length} style={{ height, padding: 0 }} />
        </tr>
      )}
    </tbody>
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
