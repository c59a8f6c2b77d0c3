import { describe, expect, it } from 'vitest';
import { matrixOf, shade } from '@/features/proxies/matrix';
import type { ProxyOnHost } from '@/types/api';

const pair = (proxy_id: string, requests: number, successes: number, state = 'closed') =>
  ({ proxy_id, address: `http://${proxy_id}`, requests, successes, breaker: { state } }) as ProxyOnHost;

describe('the map of proxies and hosts', () => {
  const hosts = [{ host: 'a:443' }, { host: 'b:443' }];

  it('has a row for each proxy, the busiest first, and a cell for each host', () => {
    const rows = matrixOf(hosts, [[pair('p', 4, 1)], [pair('p', 1, 1), pair('q', 9, 9, 'open')]], 10);
    expect(rows.map(({ id, requests }) => [id, requests])).toEqual([
      ['q', 9],
      ['p', 5],
    ]);
    expect(rows[0]?.cells).toEqual([undefined, { requests: 9, rate: 1, rests: true }]);
    expect(rows[1]?.cells[0]).toEqual({ requests: 4, rate: 0.25, rests: false });
  });

  it('has no more rows than it may, and waits for hosts that are not loaded', () => {
    expect(matrixOf(hosts, [undefined, [pair('p', 1, 0), pair('q', 2, 0)]], 1)).toHaveLength(1);
  });

  it('shades from none to all', () => {
    expect([null, 0, 0.19, 0.5, 0.99, 1].map(shade)).toEqual(['none', '0', '0', '2', '4', '4']);
  });
});
