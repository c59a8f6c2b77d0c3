import { http } from '@/services/http';
import type { ListedUser, Page, Role, Session, UserDetail, UsersUsage } from '@/types/api';

const ROOT = '/users/admin/users';

export interface UserFilter {
  search?: string;
  status?: string;
  role?: string;
  sort?: string;
}

export const users = {
  list: (filter: UserFilter, cursor?: string) => http.get<Page<ListedUser>>(ROOT, { ...filter, cursor, limit: 50 }),
  show: (id: string) => http.get<UserDetail>(`${ROOT}/${id}`),
  setStatus: (id: string, status: 'active' | 'suspended') => http.put<unknown>(`${ROOT}/${id}/status`, { status }),
  setRole: (id: string, role: Role) => http.put<unknown>(`${ROOT}/${id}/role`, { role }),
  remove: (id: string) => http.delete<null>(`${ROOT}/${id}`),
  sessions: (id: string, cursor?: string) => http.get<Page<Session>>(`${ROOT}/${id}/sessions`, { cursor, limit: 20 }),
  endSession: (id: string, session: string) => http.delete<null>(`${ROOT}/${id}/sessions/${session}`),
  usage: (id: string) => http.get<UsersUsage>(`/subscription/admin/users/${id}/usage`, { days: 30 }),
  endSessions: (id: string) => http.delete<{ ended: number }>(`${ROOT}/${id}/sessions`),
};
