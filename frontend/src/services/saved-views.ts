import { http } from '@/services/http';
import type { SavedView } from '@/types/api';

const ROOT = '/users/me/saved-views';

const at = (name: string) => `${ROOT}/${encodeURIComponent(name)}`;

export const savedViews = {
  list: () => http.get<SavedView[]>(ROOT),
  keep: (name: string, search: string) => http.put<SavedView>(at(name), { search }),
  forget: (name: string) => http.delete<null>(at(name)),
};
