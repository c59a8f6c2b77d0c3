import { http } from '@/services/http';
import type { Automation, AutomationRule, DryRun, DryRunWish, EventKind, Firing, Page } from '@/types/api';

const ROOT = '/automations';

export const automations = {
  list: (cursor?: string) => http.get<Page<Automation>>(ROOT, { cursor, limit: 50 }),
  show: (id: string) => http.get<Automation>(`${ROOT}/${id}`),
  create: (rule: AutomationRule) => http.post<Automation>(ROOT, rule),
  change: (id: string, rule: AutomationRule) => http.put<Automation>(`${ROOT}/${id}`, rule),
  remove: (id: string) => http.delete<null>(`${ROOT}/${id}`),
  set: (id: string, to: 'enable' | 'disable') => http.post<Automation>(`${ROOT}/${id}/${to}`),
  firings: (id: string, cursor?: string) => http.get<Page<Firing>>(`${ROOT}/${id}/firings`, { cursor, limit: 50 }),
  /** Tries a rule as it is written, kept or not. */
  dryRun: (automation: AutomationRule, wish: DryRunWish) =>
    http.post<DryRun>(`${ROOT}/dry-run`, { automation, ...wish }),
  async events(): Promise<EventKind[]> {
    return (await http.get<Page<EventKind>>(`${ROOT}/events`)).items;
  },
};
