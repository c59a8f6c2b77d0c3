import { http } from '@/services/http';
import type { DefinitionDetail, DefinitionSummary, Page, Template, TemplateDetail, Verdict } from '@/types/api';

const ROOT = '/workflow/definitions';

export const workflows = {
  list: (cursor?: string, limit = 50) => http.get<Page<DefinitionSummary>>(ROOT, { cursor, limit }),
  show: (id: string) => http.get<DefinitionDetail>(`${ROOT}/${id}`),
  create: (source: string) => http.post<DefinitionSummary>(ROOT, { source }),
  update: (id: string, source: string) => http.put<DefinitionSummary>(`${ROOT}/${id}`, { source }),
  remove: (id: string) => http.delete<null>(`${ROOT}/${id}`),
  templates: () => http.get<Template[]>('/workflow/templates'),
  template: (name: string) => http.get<TemplateDetail>(`/workflow/templates/${encodeURIComponent(name)}`),
  validate: (source: string) => http.post<Verdict>(`${ROOT}/validate`, { source }),
};
