import { http } from '@/services/http';
import type { Dataset, JsonObject, Page } from '@/types/api';

export type ExportFormat = 'csv' | 'jsonl';

const at = (name: string) => `/datasets/${encodeURIComponent(name)}`;

export const datasets = {
  list: (cursor?: string) => http.get<Page<Dataset>>('/datasets', { cursor, limit: 50 }),
  show: (name: string) => http.get<Dataset>(at(name)),
  records: (name: string, cursor?: string) => http.get<Page<JsonObject>>(`${at(name)}/records`, { cursor, limit: 50 }),
  remove: (name: string) => http.delete<null>(at(name)),
  export: (name: string, format: ExportFormat) => http.blob(`${at(name)}/export`, { format }),
};
