import { http } from '@/services/http';
import type {
  BulkOutcome,
  ExecutionDetail,
  ExecutionStarted,
  ExecutionSummary,
  JsonObject,
  LogLine,
  Page,
} from '@/types/api';

const ROOT = '/workflow/executions';

export interface ExecutionFilter {
  status?: string;
  definition_id?: string;
  label?: string;
  q?: string;
  created_from?: string;
  created_before?: string;
}

/** Which lines of a log. */
export interface LogFilter {
  level?: string;
  step?: string;
  q?: string;
}

export interface Signal {
  step: string;
  decision: 'approve' | 'reject';
}

export const executions = {
  list: (filter: ExecutionFilter, cursor?: string) =>
    http.get<Page<ExecutionSummary>>(ROOT, { ...filter, cursor, limit: 50 }),
  show: (id: string) => http.get<ExecutionDetail>(`${ROOT}/${id}`),
  start: (definitionId: string, params: JsonObject, unique: string) =>
    http.post<ExecutionStarted>(ROOT, { definition_id: definitionId, params }, unique),
  cancel: (id: string) => http.post<ExecutionStarted>(`${ROOT}/${id}/cancel`),
  events: (id: string) => `${ROOT}/${id}/events`,
  retry: (id: string) => http.post<ExecutionSummary>(`${ROOT}/${id}/retry`),
  rerun: (id: string, from_step: string) => http.post<ExecutionStarted>(`${ROOT}/${id}/rerun`, { from_step }),
  signal: (id: string, signal: Signal) => http.post<{ step: string }>(`${ROOT}/${id}/signal`, signal),
  bulk: (action: 'cancel' | 'retry', ids: string[]) => http.post<BulkOutcome>(`${ROOT}/bulk`, { action, ids }),
  logs: (id: string, filter: LogFilter, cursor?: string) =>
    http.get<Page<LogLine>>(`${ROOT}/${id}/logs`, { ...filter, cursor, limit: 200 }),
};
