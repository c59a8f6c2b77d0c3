import { http } from '@/services/http';
import type {
  BulkOutcome,
  ExecutionDetail,
  ExecutionStarted,
  ExecutionSummary,
  JournalEntry,
  JsonObject,
  LogLine,
  Page,
  StepItem,
  StepItemDetail,
  StepItemMap,
} from '@/types/api';

const ROOT = '/workflow/executions';

export interface ExecutionFilter {
  status?: string;
  definition_id?: string;
  trigger?: string;
  /** `true`: a step waits for somebody's signal. */
  awaits_signal?: string;
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

/** Which events of a journal. */
export interface JournalFilter {
  after?: number;
  kind?: string;
  step?: string;
}

export interface Signal {
  step: string;
  item?: number;
  decision: 'approve' | 'reject';
}

const itemsOf = (id: string, step: string) => `${ROOT}/${id}/steps/${encodeURIComponent(step)}/items`;

export const executions = {
  list: (filter: ExecutionFilter, cursor?: string, limit = 50) =>
    http.get<Page<ExecutionSummary>>(ROOT, { ...filter, cursor, limit }),
  show: (id: string) => http.get<ExecutionDetail>(`${ROOT}/${id}`),
  start: (definitionId: string, params: JsonObject, unique: string) =>
    http.post<ExecutionStarted>(ROOT, { definition_id: definitionId, params }, unique),
  cancel: (id: string) => http.post<ExecutionStarted>(`${ROOT}/${id}/cancel`),
  events: (id: string) => `${ROOT}/${id}/events`,
  retry: (id: string) => http.post<ExecutionSummary>(`${ROOT}/${id}/retry`),
  /** From its beginning, unless a step is given. */
  rerun: (id: string, from_step?: string) => http.post<ExecutionStarted>(`${ROOT}/${id}/rerun`, { from_step }),
  signal: (id: string, signal: Signal) => http.post<{ step: string }>(`${ROOT}/${id}/signal`, signal),
  bulk: (action: 'cancel' | 'retry', ids: string[]) => http.post<BulkOutcome>(`${ROOT}/bulk`, { action, ids }),
  items: (id: string, step: string, status: string, cursor?: string) =>
    http.get<Page<StepItem>>(itemsOf(id, step), { status, cursor, limit: 50 }),
  item: (id: string, step: string, index: number) => http.get<StepItemDetail>(`${itemsOf(id, step)}/${index}`),
  /** The states of all items, part by part. */
  async itemMap(id: string, step: string): Promise<StepItemMap> {
    const part = (cursor?: string) => http.get<StepItemMap>(`${itemsOf(id, step)}/map`, { cursor });
    let map = await part();
    while (map.next_cursor) {
      const next = await part(map.next_cursor);
      map = { ...next, states: map.states + next.states };
    }
    return map;
  },
  journal: (id: string, filter: JournalFilter, cursor?: string, limit = 100) =>
    http.get<Page<JournalEntry>>(`${ROOT}/${id}/journal`, { ...filter, cursor, limit }),
  event: (id: string, seq: number) => http.get<JournalEntry>(`${ROOT}/${id}/journal/${seq}`),
  logs: (id: string, filter: LogFilter, cursor?: string) =>
    http.get<Page<LogLine>>(`${ROOT}/${id}/logs`, { ...filter, cursor, limit: 200 }),
};
