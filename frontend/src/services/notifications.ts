import { http } from '@/services/http';
import type { Notification, Page } from '@/types/api';

const ROOT = '/notifications';

export const notifications = {
  list: (unread: boolean, cursor?: string) =>
    http.get<Page<Notification>>(ROOT, { unread: unread ? 'true' : undefined, cursor, limit: 50 }),
  async unread(): Promise<number> {
    return (await http.get<{ unread: number }>(`${ROOT}/unread`)).unread;
  },
  read: (id: string) => http.post<null>(`${ROOT}/${id}/read`),
  readAll: () => http.post<{ read: number }>(`${ROOT}/read`),
};
