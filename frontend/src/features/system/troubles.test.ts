import { describe, expect, it } from 'vitest';
import { troublesOf } from '@/features/system/troubles';
import type { SystemStatus } from '@/types/api';

const NOW = '2026-11-26T08:00:00Z';

const process = (id: string, version = '1.1.0', alive = true) => ({
  id,
  version,
  alive,
  name: `${id}:1`,
  role: 'all',
  current: id === 'a',
  started_at: NOW,
  last_seen_at: NOW,
});

const WELL: SystemStatus = {
  version: '1.1.0',
  schema_version: 'm2026',
  schema_pending: 0,
  checked_at: NOW,
  processes: [process('a'), process('b', '1.0.0', false)],
  workers: [{ id: 'w', name: 'a:1', alive: true, executions: 3, started_at: NOW, last_seen_at: NOW }],
  queue: { ready: 2, timer: 0, leased: 3, letter: 0, oldest_ready_at: '2026-11-26T07:59:58Z' },
  outbox: { lag_seconds: 0.4, waiting: 1, parked: 0 },
  database: { kind: 'sqlite', pools: [{ pool: 'write', used: 1, idle: 0, max: 1 }] },
  cache: 'memory',
  invariants: [{ name: 'lease_alive', broken: 0, checked_at: NOW }],
};

const names = (changed: Partial<SystemStatus>) => troublesOf({ ...WELL, ...changed }).map(({ name }) => name);

describe('what is not as it should be', () => {
  it('is nothing on a platform that is well', () => expect(names({})).toEqual([]));

  it('is a platform without a worker that lives', () => expect(names({ workers: [] })).toEqual(['noWorker']));

  it('is an invariant that something broke', () =>
    expect(names({ invariants: [{ name: 'owned', broken: 7, checked_at: NOW }] })).toEqual(['broken']));

  it('is a schema that lacks migrations', () => expect(names({ schema_pending: 2 })).toEqual(['pending']));

  it('is an event that waits for more than a minute, and one that was put aside', () =>
    expect(names({ outbox: { lag_seconds: 61, waiting: 9, parked: 2 } })).toEqual(['lag', 'parked']));

  it('is an execution that no worker takes', () =>
    expect(names({ queue: { ...WELL.queue, oldest_ready_at: '2026-11-26T07:50:00Z' } })).toEqual(['waiting']));

  it('is two versions at once, of processes that live', () =>
    expect(names({ processes: [process('a'), process('b', '1.0.0')] })).toEqual(['versions']));

  it('is a pool without a free connection, but not one that has only one', () =>
    expect(names({ database: { kind: 'postgresql', pools: [{ pool: 'shared', used: 9, idle: 0, max: 9 }] } })).toEqual([
      'connections',
    ]));
});
