import { http } from '@/services/http';
import type { ImportReport, Page, PoolStatus, ProxyPool, ProxyTest } from '@/types/api';

const ROOT = '/proxy/pools';

export const proxies = {
  pools: (cursor?: string) => http.get<Page<ProxyPool>>(ROOT, { cursor, limit: 50 }),
  create: (name: string) => http.post<ProxyPool>(ROOT, { name, strategy: 'round_robin' }),
  remove: (id: string) => http.delete<null>(`${ROOT}/${id}`),
  status: (id: string) => http.get<PoolStatus>(`${ROOT}/${id}/status`),
  import: (id: string, text: string) => http.post<ImportReport>(`${ROOT}/${id}/import`, { text }),
  test: (id: string) => http.post<ProxyTest>(`${ROOT}/${id}/test`, {}),
};
