import { screen } from '@testing-library/react';
import { http as on } from 'msw';
import { describe, expect, it } from 'vitest';
import { PoolTable } from '@/features/proxies/PoolTable';
import '@/locales/proxies';
import { server, success } from '@/testing/server';
import { show } from '@/testing/show';

const none = { unknown: 0, healthy: 0, degraded: 0, half_open: 0, quarantined: 0 };
const pool = (name: string, states: object) => ({
  id: name,
  name,
  strategy: 'smart',
  proxies: Object.values(states).reduce((sum: number, count) => sum + Number(count), 0),
  states: { ...none, ...states },
  created_at: '2026-11-23T08:00:00Z',
});

describe('the list of pools', () => {
  it('shows how each fares, with one request for all', async () => {
    let asked = 0;
    server.use(
      on.get('/api/v1/proxy/pools', () => {
        asked += 1;
        return success({ items: [pool('homes', { healthy: 3, quarantined: 1 }), pool('bare', {})], next_cursor: null });
      }),
    );
    show(<PoolTable />);
    const bar = await screen.findByRole('img', { name: 'homes: Healthy 3, Quarantined 1' });
    expect([...bar.children].map(({ className }) => className)).toEqual(['wp-pool-healthy', 'wp-pool-quarantined']);
    expect([...bar.children].map((part) => (part as HTMLElement).style.flexGrow)).toEqual(['3', '1']);
    expect(screen.getByText('3 of 4 healthy')).toBeTruthy();
    expect(screen.getByText('No proxies yet')).toBeTruthy();
    expect(asked).toBe(1);
  });
});
