import { BASE, http } from '@/services/http';
import type {
  Dataset,
  DatasetChange,
  DatasetRecord,
  HeldBatch,
  HeldDetail,
  JsonObject,
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
}

const at = (name: string) => `/datasets/${encodeURIComponent(name)}`;
const record = (name: string, key: string) => `${at(name)}/records/${encodeURIComponent(key)}`;

export const datasets = {
  list: (cursor?: string) => http.get<Page<Dataset>>('/datasets', { cursor, limit: 50 }),
  show: (name: string) => http.get<Dataset>(at(name)),
  remove: (name: string) => http.delete<null>(at(name)),
  records: (name: string, query: RecordQuery, cursor?: string) =>
    http.get<Page<DatasetRecord>>(`${at(name)}/records`, { ...query, cursor, limit: 50, full: 'true' }),
  record: (name: string, key: string) => http.get<DatasetRecord>(record(name, key)),
  history: (name: string, key: string, cursor?: string) =>
    http.get<Page<DatasetChange>>(`${record(name, key)}/history`, { cursor, limit: 20 }),
  removeRecord: (name: string, key: string) => http.delete<JsonObject>(record(name, key)),
  export: (name: string, format: ExportFormat, { search, filter }: RecordQuery) =>
    http.blob(`${at(name)}/export`, { format, search, filter }),
  held: (name: string, cursor?: string) => http.get<Page<HeldBatch>>(`${at(name)}/held`, { cursor, limit: 50 }),
  heldBatch: (name: string, id: string) => http.get<HeldDetail>(`${at(name)}/held/${id}`),
  decide: (name: string, id: string, what: 'release' | 'discard') =>
    http.post<JsonObject>(`${at(name)}/held/${id}/${what}`),
  shares: (name: string, cursor?: string) => http.get<Page<Share>>(`${at(name)}/shares`, { cursor, limit: 50 }),
  share: (name: string, wish: ShareWish) => http.post<NewShare>(`${at(name)}/shares`, wish),
  revokeShare: (name: string, id: string) => http.delete<null>(`${at(name)}/shares/${id}`),
  address: (token: string) => `${window.location.origin}${BASE}/shared/datasets/${token}`,
};
