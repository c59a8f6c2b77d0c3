import { http } from '@/services/http';
import type {
  Action,
  Backfilled,
  DefinitionDetail,
  DefinitionDiff,
  DefinitionListed,
  DefinitionSummary,
  DefinitionVersion,
  DraftDiff,
  Page,
  StepTest,
  StepTested,
  Template,
  TemplateDetail,
  Tick,
  Trigger,
  Verdict,
  VersionDetail,
} from '@/types/api';

const ROOT = '/workflow/definitions';

/** A range of the past; `dry_run` only asks what it would start. */
export interface Backfilling {
  from: string;
  to: string;
  max_parallel?: number;
  dry_run?: boolean;
}

export const workflows = {
  list: (cursor?: string, limit = 50) => http.get<Page<DefinitionListed>>(ROOT, { cursor, limit }),
  show: (id: string) => http.get<DefinitionDetail>(`${ROOT}/${id}`),
  create: (source: string) => http.post<DefinitionSummary>(ROOT, { source }),
  update: (id: string, revision: { source: string; from: number; message: string }) =>
    http.put<DefinitionSummary>(`${ROOT}/${id}`, revision),
  diffDraft: (id: string, draft: { source: string; from: number }) => http.post<DraftDiff>(`${ROOT}/${id}/diff`, draft),
  remove: (id: string) => http.delete<null>(`${ROOT}/${id}`),
  actions: () => http.get<Action[]>('/workflow/actions'),
  versions: (id: string, cursor?: string) =>
    http.get<Page<DefinitionVersion>>(`${ROOT}/${id}/versions`, { cursor, limit: 50 }),
  version: (id: string, version: number) => http.get<VersionDetail>(`${ROOT}/${id}/versions/${version}`),
  diff: (id: string, from: number, to: number) => http.get<DefinitionDiff>(`${ROOT}/${id}/diff`, { from, to }),
  restore: (id: string, version: number) => http.post<DefinitionSummary>(`${ROOT}/${id}/versions/${version}/restore`),
  triggers: (id: string) => http.get<Page<Trigger>>(`${ROOT}/${id}/triggers`),
  setTrigger: (id: string, to: 'pause' | 'resume') => http.post<Trigger>(`/workflow/triggers/${id}/${to}`),
  ticks: (id: string, cursor?: string) => http.get<Page<Tick>>(`/workflow/triggers/${id}/ticks`, { cursor, limit: 20 }),
  backfill: (id: string, range: Backfilling) => http.post<Backfilled>(`/workflow/triggers/${id}/backfill`, range),
  templates: () => http.get<Template[]>('/workflow/templates'),
  template: (name: string) => http.get<TemplateDetail>(`/workflow/templates/${encodeURIComponent(name)}`),
  testStep: (test: StepTest) => http.post<StepTested>('/workflow/steps/test', test),
  validate: (source: string) => http.post<Verdict>(`${ROOT}/validate`, { source }),
};
