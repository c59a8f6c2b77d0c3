import { BASE, http } from '@/services/http';
import { PieceReader, type Progress } from '@/services/pieces';
import type {
  Dataset,
  DatasetChange,
  DatasetEdit,
  DatasetRecord,
  DatasetVersion,
  DatasetWrites,
  FieldStatistics,
  FileReport,
  HeldBatch,
  HeldDetail,
  JsonObject,
  NewDataset,
  NewShare,
  Page,
  Share,
  ShareWish,
} from '@/types/api';

export type ExportFormat = 'csv' | 'jsonl' | 'xlsx' | 'parquet';

/** Which records, in what order. `filter` is JSON. */
export interface RecordQuery {
  search?: string;
  filter?: string;
  sort?: string;
  order?: string;
  /** Names of the fields that are wanted, by commas. */
  columns?: string;
}

/** How a file is taken in. */
export interface ImportWish {
  format: 'csv' | 'jsonl';
  key?: string;
  mode: string;
  types?: string;
  atomic?: string;
}

const KINDS: Record<ExportFormat, string> = {
  csv: 'text/csv',
  jsonl: 'application/jsonl',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  parquet: 'application/vnd.apache.parquet',
};

/** How somebody goes along with an export. */
export interface Way {
  onProgress: (progress: Progress) => void;
  signal: AbortSignal;
}

const MEDIA = { csv: 'text/csv', jsonl: 'application/jsonl' };

/** What is asked for must be among the columns: then all of them come. */
const narrow = ({ search, filter, columns, ...query }: RecordQuery) => ({
  ...query,
  search,
  filter,
  columns: search || filter || query.sort ? undefined : columns,
});

const at = (name: string) => `/datasets/${encodeURIComponent(name)}`;
const record = (name: string, key: string) => `${at(name)}/records/${encodeURIComponent(key)}`;

export const datasets = {
  list: (cursor?: string) => http.get<Page<Dataset>>('/datasets', { cursor, limit: 50 }),
  show: (name: string) => http.get<Dataset>(at(name)),
  create: (wish: NewDataset) => http.post<Dataset>('/datasets', wish),
  edit: (name: string, edit: DatasetEdit) => http.put<Dataset>(at(name), edit),
  remove: (name: string) => http.delete<null>(at(name)),
  records: (name: string, query: RecordQuery, cursor?: string, limit = 50) =>
    http.get<Page<DatasetRecord>>(`${at(name)}/records`, { ...narrow(query), cursor, limit, full: 'true' }),
  import: (name: string, file: Blob, wish: ImportWish, onShare: (share: number) => void) =>
    http.upload<FileReport>(
      `${at(name)}/import`,
      new Blob([file], { type: MEDIA[wish.format] }),
      { ...wish },
      ({ progress }) => onShare(progress ?? 0),
    ),
  statistics: (name: string, field: string) =>
    http.get<FieldStatistics>(`${at(name)}/statistics/${encodeURIComponent(field)}`),
  writtenBy: (execution: string) => http.get<DatasetWrites[]>('/collection/writes', { execution_id: execution }),
  /** What the version of a dataset changed, as far as it is kept. */
  changedBy: async (name: string, version: number, limit: number) => {
    const { items } = await http.get<{ items: DatasetChange[] }>(`${at(name)}/changes`, { after: version - 1, limit });
    return items.filter((change) => change.version === version);
  },
  versions: (name: string, cursor?: string) =>
    http.get<Page<DatasetVersion>>(`${at(name)}/versions`, { cursor, limit: 50 }),
  record: (name: string, key: string) => http.get<DatasetRecord>(record(name, key)),
  history: (name: string, key: string, cursor?: string) =>
    http.get<Page<DatasetChange>>(`${record(name, key)}/history`, { cursor, limit: 20 }),
  removeRecord: (name: string, key: string) => http.delete<JsonObject>(record(name, key)),
  /** Null when it was given up. */
  async export(name: string, format: ExportFormat, only: RecordQuery, way: Way): Promise<Blob | null> {
    const { search, filter, columns } = only;
    const query = { format, ...narrow({ search, filter, columns }), progress: 'true' };
    const reader = new PieceReader(way.onProgress);
    try {
      for await (const bytes of http.stream(`${at(name)}/export`, query, way.signal)) reader.push(bytes);
    } catch (error) {
      if (way.signal.aborted) return null;
      throw error;
    }
    return reader.end(KINDS[format]);
  },
  held: (name: string, cursor?: string) => http.get<Page<HeldBatch>>(`${at(name)}/held`, { cursor, limit: 50 }),
  heldBatch: (name: string, id: string) => http.get<HeldDetail>(`${at(name)}/held/${id}`),
  decide: (name: string, id: string, what: 'release' | 'discard') =>
    http.post<JsonObject>(`${at(name)}/held/${id}/${what}`),
  shares: (name: string, cursor?: string) => http.get<Page<Share>>(`${at(name)}/shares`, { cursor, limit: 50 }),
  share: (name: string, wish: ShareWish) => http.post<NewShare>(`${at(name)}/shares`, wish),
  revokeShare: (name: string, id: string) => http.delete<null>(`${at(name)}/shares/${id}`),
  address: (token: string) => `${window.location.origin}${BASE}/shared/datasets/${token}`,
};
