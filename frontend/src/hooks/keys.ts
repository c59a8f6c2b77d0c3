import type { ExecutionFilter } from '@/services/executions';

/** Names of everything the query cache holds. */
export const keys = {
  workflows: { all: ['workflows'] as const, one: (id: string) => ['workflows', id] as const },
  executions: {
    all: ['executions'] as const,
    list: (filter: ExecutionFilter) => ['executions', 'list', filter] as const,
    one: (id: string) => ['executions', 'one', id] as const,
    fresh: (filter: ExecutionFilter, since?: string) => ['executions', 'fresh', filter, since] as const,
    // Below that of the execution: what changes it may change its items.
    map: (id: string, step: string) => ['executions', 'one', id, 'map', step] as const,
    items: (id: string, step: string, status: string) => ['executions', 'one', id, 'items', step, status] as const,
    item: (id: string, step: string, index: number) => ['executions', 'one', id, 'item', step, index] as const,
    logs: (id: string) => ['executions', 'logs', id] as const,
  },
  datasets: {
    all: ['datasets'] as const,
    one: (name: string) => ['datasets', 'one', name] as const,
  },
  pools: { all: ['pools'] as const, status: (id: string) => ['pools', 'status', id] as const },
  notifications: { all: ['notifications'] as const, unread: ['notifications', 'unread'] as const },
  account: { me: ['account', 'me'] as const, sessions: ['account', 'sessions'] as const },
};
