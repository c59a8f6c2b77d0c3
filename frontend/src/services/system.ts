import { http } from '@/services/http';
import type { HostDecision, HostRule, LoggedEvent, Page, ParkedEvent, SystemStatus } from '@/types/api';

const HOSTS = '/collection/admin/hosts';
const PARKED = '/system/events/parked';

export interface EventFilter {
  kind?: string;
  about?: string;
  user?: string;
  state?: string;
}

/** What operators decide and look after. */
export const system = {
  status: () => http.get<SystemStatus>('/system/status'),
  hosts: (cursor?: string) => http.get<Page<HostRule>>(HOSTS, { cursor, limit: 50 }),
  decide: (host: string, decision: HostDecision) =>
    http.put<HostRule>(`${HOSTS}/${encodeURIComponent(host)}`, decision),
  takeBack: (host: string) => http.delete<null>(`${HOSTS}/${encodeURIComponent(host)}`),
  events: (filter: EventFilter, cursor?: string) =>
    http.get<Page<LoggedEvent>>('/system/events', { ...filter, cursor, limit: 50 }),
  parked: (cursor?: string) => http.get<Page<ParkedEvent>>(PARKED, { cursor, limit: 50 }),
  replay: (id: string) => http.post<null>(`${PARKED}/${id}/replay`),
  letGo: (id: string) => http.delete<null>(`${PARKED}/${id}`),
};
