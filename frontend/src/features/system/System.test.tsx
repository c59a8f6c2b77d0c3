import { screen, within } from '@testing-library/react';
import { http as on } from 'msw';
import { expect, it, vi } from 'vitest';
import { System } from '@/features/system/System';
import '@/locales/admin';
import '@/locales/system';
import { failure, server, success } from '@/testing/server';
import { show } from '@/testing/show';

vi.setConfig({ testTimeout: 20_000 });

const NOW = '2026-11-26T08:00:00Z';
const TIMES = { started_at: NOW, last_seen_at: NOW };

const STATUS = {
  version: '1.1.0',
  schema_version: 'm20261120_one',
  schema_pending: 0,
  checked_at: NOW,
  processes: [{ id: 'p', name: 'app-1:4711', role: 'all', version: '1.1.0', alive: true, current: true, ...TIMES }],
  workers: [{ id: 'w', name: 'app-1:4711', alive: false, executions: 12, ...TIMES }],
  queue: { ready: 5, timer: 3, leased: 12, letter: 4, oldest_ready_at: NOW },
  outbox: { lag_seconds: 0.4, waiting: 1, parked: 2 },
  database: { kind: 'postgresql', pools: [{ pool: 'shared', used: 2, idle: 8, max: 20 }] },
  cache: 'redis',
  invariants: [{ name: 'lease_alive', broken: 3, checked_at: NOW }],
};

it('says what needs somebody, with a way to the parked events', async () => {
  server.use(on.get('/api/v1/system/status', () => success(STATUS)));
  show(<System />);
  const verdict = (await screen.findByText('This needs somebody:')).parentElement as HTMLElement;
  expect(within(verdict).getByText('No worker lives: nothing runs.')).toBeTruthy();
  expect(within(verdict).getByText('Of what must always hold, 1 does not.')).toBeTruthy();
  expect(within(verdict).getByRole('link', { name: 'Look at it' }).getAttribute('href')).toBe(
    '/admin/events?show=parked',
  );
  expect(screen.getByText('Broken 3 times')).toBeTruthy();
  expect(screen.getByText('2 used, 8 idle, 20 at most')).toBeTruthy();
});

it('says why there is nothing to see', async () => {
  server.use(on.get('/api/v1/system/status', () => failure(503, 'unavailable')));
  show(<System />);
  expect(await screen.findByText(/said: unavailable/)).toBeTruthy();
});
