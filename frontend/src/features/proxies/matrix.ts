import type { PoolHost, ProxyOnHost } from '@/types/api';

export interface Cell {
  requests: number;
  /** Share of successes; null when nothing was asked. */
  rate: number | null;
  /** Whether the proxy rests for this host. */
  rests: boolean;
}

export interface Row {
  id: string;
  address: string;
  requests: number;
  /** By host, in the order of the hosts; undefined where the two never met. */
  cells: (Cell | undefined)[];
}

const cellOf = ({ requests, successes, breaker }: ProxyOnHost): Cell => ({
  requests,
  rate: requests > 0 ? successes / requests : null,
  rests: breaker.state === 'open',
});

/** Proxies against hosts, the busiest proxies first. */
export function matrixOf(hosts: Pick<PoolHost, 'host'>[], pairs: (ProxyOnHost[] | undefined)[], most: number): Row[] {
  const rows = new Map<string, Row>();
  hosts.forEach((_, place) => {
    for (const pair of pairs[place] ?? []) {
      const row = rows.get(pair.proxy_id) ?? { id: pair.proxy_id, address: pair.address, requests: 0, cells: [] };
      row.cells[place] = cellOf(pair);
      row.requests += pair.requests;
      rows.set(pair.proxy_id, row);
    }
  });
  return [...rows.values()]
    .sort((a, b) => b.requests - a.requests || (a.address < b.address ? -1 : 1))
    .slice(0, most)
    .map((row) => ({ ...row, cells: hosts.map((_, place) => row.cells[place]) }));
}

/** Which of five shades a share of successes has. */
export const shade = (rate: number | null) => (rate === null ? 'none' : String(Math.min(4, Math.floor(rate * 5))));
