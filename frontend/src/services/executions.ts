import { http } from '@/services/http';
import type { ExecutionDetail, ExecutionStarted, ExecutionSummary, JsonObject, LogLine, Page } from '@/types/api';

const ROOT = '/workflow/executions';

export interface ExecutionFilter {
  status?: string;
  definition_id?: string;
}

export const executions = {
  list: (filter: ExecutionFilter, cursor?: string) =>
    http.get<Page<ExecutionSummary>>(ROOT, { ...filter, cursor, limit: 50 }),
  show: (id: string) => http.get<ExecutionDetail>(`${ROOT}/${id}`),
  start: (definitionId: string, params: JsonObject, unique: string) =>
    http.post<ExecutionStarted>(ROOT, { definition_id: definitionId, params }, unique),
  cancel: (id: string) => http.post<ExecutionStarted>(`${ROOT}/${id}/cancel`),
  events: (id: string) => `${ROOT}/${id}/events`,
  logs: (id: string, cursor?: string) => http.get<Page<LogLine>>(`${ROOT}/${id}/logs`, { cursor, limit: 200 }),
};
