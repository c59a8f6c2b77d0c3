import { http } from '@/services/http';
import type {
  Explanation,
  ImportReport,
  Page,
  PoolHost,
  PoolStatus,
  PoolTerms,
  PoolTest,
  ProxyOnHost,
  ProxyPool,
  ProxyRow,
  ProxySource,
  SourceEdit,
  SourceWish,
  StartedTest,
  TestedProxy,
} from '@/types/api';

const ROOT = '/proxy/pools';

export interface ProxyFilter {
  state?: string;
  search?: string;
}

export interface ProxyEdit {
  enabled: boolean;
  cost: number;
  label?: string;
}

const test = (pool: string, id: string) => `${ROOT}/${pool}/tests/${id}`;

export const proxies = {
  pools: (cursor?: string) => http.get<Page<ProxyPool>>(ROOT, { cursor, limit: 50 }),
  create: (terms: PoolTerms) => http.post<ProxyPool>(ROOT, terms),
  change: (id: string, terms: PoolTerms) => http.put<ProxyPool>(`${ROOT}/${id}`, terms),
  remove: (id: string) => http.delete<null>(`${ROOT}/${id}`),
  status: (id: string) => http.get<PoolStatus>(`${ROOT}/${id}/status`),
  import: (id: string, text: string) => http.post<ImportReport>(`${ROOT}/${id}/import`, { text }),
  list: (pool: string, filter: ProxyFilter, cursor?: string) =>
    http.get<Page<ProxyRow>>(`${ROOT}/${pool}/proxies`, { ...filter, cursor, limit: 50 }),
  one: (pool: string, id: string) => http.get<ProxyRow>(`${ROOT}/${pool}/proxies/${id}`),
  editOne: (pool: string, id: string, edit: ProxyEdit) => http.put<ProxyRow>(`${ROOT}/${pool}/proxies/${id}`, edit),
  removeOne: (pool: string, id: string) => http.delete<null>(`${ROOT}/${pool}/proxies/${id}`),
  hosts: (pool: string, cursor?: string) => http.get<Page<PoolHost>>(`${ROOT}/${pool}/hosts`, { cursor, limit: 50 }),
  onHost: (pool: string, host: string, cursor: string | undefined, limit: number) =>
    http.get<Page<ProxyOnHost>>(`${ROOT}/${pool}/hosts/${encodeURIComponent(host)}`, { cursor, limit }),
  explain: (pool: string, host: string, session?: string) =>
    http.get<Explanation>(`${ROOT}/${pool}/explain`, { host, session }),
  sources: (pool: string, cursor?: string) =>
    http.get<Page<ProxySource>>(`${ROOT}/${pool}/sources`, { cursor, limit: 50 }),
  addSource: (pool: string, wish: SourceWish) => http.post<ProxySource>(`${ROOT}/${pool}/sources`, wish),
  changeSource: (pool: string, id: string, edit: SourceEdit) =>
    http.put<ProxySource>(`${ROOT}/${pool}/sources/${id}`, edit),
  removeSource: (pool: string, id: string) => http.delete<null>(`${ROOT}/${pool}/sources/${id}`),
  test: (pool: string) => http.post<StartedTest>(`${ROOT}/${pool}/test`, { wait: false }),
  tests: (pool: string, cursor?: string) => http.get<Page<PoolTest>>(`${ROOT}/${pool}/tests`, { cursor, limit: 50 }),
  /** Null when the pool was never tested. */
  newestTest: async (pool: string) =>
    (await http.get<Page<PoolTest>>(`${ROOT}/${pool}/tests`, { limit: 1 })).items[0] ?? null,
  cancelTest: (pool: string, id: string) => http.post<PoolTest>(`${test(pool, id)}/cancel`),
  testEvents: (pool: string, id: string) => `${test(pool, id)}/events`,
  /** Results after a number; the next page begins after the last one of a full page. */
  async results(pool: string, id: string, after: number, limit: number): Promise<Page<TestedProxy>> {
    const { items } = await http.get<Page<TestedProxy>>(`${test(pool, id)}/results`, { after, limit });
    return { items, next_cursor: items.length === limit ? String(items.at(-1)?.seq) : null };
  },
};
