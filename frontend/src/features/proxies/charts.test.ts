import { describe, expect, it } from 'vitest';
import { latenciesOf, reachedOf, requestsOf, successOf } from '@/features/proxies/charts';
import type { PoolStatus, PoolTest } from '@/types/api';

const proxy = (host: string, requests: number, successes: number, latency_ms: number | null) =>
  ({ host, port: 8080, requests, successes, latency_ms }) as PoolStatus['proxies'][number];
const proxies = [proxy('a', 4, 3, 40), proxy('b', 10, 10, 50), proxy('c', 0, 0, null), proxy('d', 1, 0, 9000)];

describe('the charts of a pool', () => {
  it('show the used proxies, the most used first', () => {
    expect(requestsOf(proxies)).toEqual([
      { name: 'b:8080', value: 10 },
      { name: 'a:8080', value: 4 },
      { name: 'd:8080', value: 1 },
    ]);
    expect(successOf(proxies).map(({ value }) => value)).toEqual([100, 75, 0]);
  });

  it('count each latency once, and those that are not known not at all', () => {
    const bars = latenciesOf(proxies);
    expect(bars.filter(({ value }) => value > 0)).toEqual([
      { name: '≤ 50', value: 2 },
      { name: '> 5000', value: 1 },
    ]);
    expect(bars).toHaveLength(8);
  });

  it('count a proxy that answers within the millisecond among the fastest', () => {
    expect(latenciesOf([proxy('here', 1, 1, 0)])[0]).toEqual({ name: '≤ 50', value: 1 });
  });

  it('go from the oldest test to the newest, without those that reached nobody yet', () => {
    const test = (id: string, worked: number, failed: number) => ({ id, worked, failed }) as PoolTest;
    const tests = [test('running', 0, 0), test('new', 1, 1), test('old', 3, 0)];
    expect(reachedOf(tests, ({ id }) => id)).toEqual([
      { name: 'old', value: 100 },
      { name: 'new', value: 50 },
    ]);
  });
});
