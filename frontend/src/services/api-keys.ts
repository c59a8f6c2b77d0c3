import { http } from '@/services/http';
import type { ApiKey, ApiKeyWish, NewApiKey, Page } from '@/types/api';

const ROOT = '/users/me/api-keys';

export const apiKeys = {
  list: (cursor?: string) => http.get<Page<ApiKey>>(ROOT, { cursor, limit: 50 }),
  create: (wish: ApiKeyWish) => http.post<NewApiKey>(ROOT, wish),
  rename: (id: string, name: string) => http.put<ApiKey>(`${ROOT}/${id}`, { name }),
  revoke: (id: string) => http.delete<null>(`${ROOT}/${id}`),
};
