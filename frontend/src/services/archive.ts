import { http } from '@/services/http';
import type { CollectedPage, Page } from '@/types/api';

const ROOT = '/collection/pages';

export interface PageFilter {
  host?: string;
  url_prefix?: string;
  since?: string;
  until?: string;
}

/** Pages that were fetched, as they came. */
export const archive = {
  list: (filter: PageFilter, cursor?: string) => http.get<Page<CollectedPage>>(ROOT, { ...filter, cursor, limit: 50 }),
  content: (id: string) => http.blob(`${ROOT}/${id}/content`),
};
