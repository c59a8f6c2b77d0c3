import type { SystemStatus } from '@/types/api';

/** Something an operator should look at, with the numbers its text needs. */
export interface Trouble {
  name: 'noWorker' | 'broken' | 'pending' | 'lag' | 'waiting' | 'parked' | 'versions' | 'connections';
  count: number;
  /** Where to look. */
  to?: string;
}

/** Seconds after which events are late, and an execution has waited long for a worker. */
const LATE = 60;

const ageOf = (time: string | null | undefined, now: string) =>
  time ? (Date.parse(now) - Date.parse(time)) / 1000 : 0;

const isFull = ({ used, max }: { used: number; max: number }) => max > 1 && used >= max;

/** What is not as it should be, the gravest first. */
export function troublesOf(status: SystemStatus): Trouble[] {
  const { workers, invariants, outbox, queue, processes, database } = status;
  const versions = new Set(processes.filter(({ alive }) => alive).map(({ version }) => version));
  const waited = Math.floor(ageOf(queue.oldest_ready_at, status.checked_at));
  const found: Trouble[] = [
    { name: 'noWorker', count: workers.some(({ alive }) => alive) ? 0 : 1 },
    { name: 'broken', count: invariants.filter(({ broken }) => broken > 0).length },
    { name: 'pending', count: status.schema_pending },
    { name: 'lag', count: outbox.lag_seconds > LATE ? Math.floor(outbox.lag_seconds) : 0 },
    { name: 'waiting', count: waited > LATE ? waited : 0 },
    { name: 'parked', count: outbox.parked, to: '/admin/events?show=parked' },
    { name: 'versions', count: versions.size > 1 ? versions.size : 0 },
    { name: 'connections', count: database.pools.filter(isFull).length },
  ];
  return found.filter(({ count }) => count > 0);
}
