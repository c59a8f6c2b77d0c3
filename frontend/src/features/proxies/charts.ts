import type { PoolStatus, PoolTest } from '@/types/api';

type Proxy = PoolStatus['proxies'][number];

/** Bars that fit beside each other. */
const MOST = 20;

export interface Point {
  name: string;
  value: number;
}

/** Without scheme and credentials, as short as it stays one of a kind. */
const nameOf = ({ host, port }: Proxy) => `${host}:${port}`;

/** The proxies that were used most, the most used first. */
export const used = (proxies: Proxy[]) =>
  proxies
    .filter(({ requests }) => requests > 0)
    .sort((a, b) => b.requests - a.requests)
    .slice(0, MOST);

export const requestsOf = (proxies: Proxy[]): Point[] =>
  used(proxies).map((proxy) => ({ name: nameOf(proxy), value: proxy.requests }));

/** In percent. */
export const successOf = (proxies: Proxy[]): Point[] =>
  used(proxies).map((proxy) => ({ name: nameOf(proxy), value: Math.round((proxy.successes / proxy.requests) * 100) }));

/** Milliseconds, each the upper end of its bar; the last has none. */
const STEPS = [50, 100, 200, 500, 1000, 2000, 5000, Number.POSITIVE_INFINITY];

/** How many proxies answer within each time. */
export function latenciesOf(proxies: Proxy[]): Point[] {
  const known = proxies.flatMap(({ latency_ms }) => latency_ms ?? []);
  return STEPS.map((until, place) => {
    const from = STEPS[place - 1] ?? -1;
    const name = Number.isFinite(until) ? `≤ ${until}` : `> ${from}`;
    return { name, value: known.filter((latency) => latency > from && latency <= until).length };
  });
}

/** The share of proxies that each test reached, in percent, the oldest first. */
export const reachedOf = (tests: PoolTest[], nameOfTest: (test: PoolTest) => string): Point[] =>
  tests
    .filter(({ worked, failed }) => worked + failed > 0)
    .slice(0, MOST)
    .reverse()
    .map((test) => ({
      name: nameOfTest(test),
      value: Math.round((test.worked / (test.worked + test.failed)) * 100),
    }));
