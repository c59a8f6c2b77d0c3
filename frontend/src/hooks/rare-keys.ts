import type { AuditFilter } from '@/services/audit';
import type { RecordQuery } from '@/services/datasets';
import type { UserFilter } from '@/services/users';

/** As `keys`, for pages that few open: loaded with them. */
export const rareKeys = {
  apiKeys: { all: ['api-keys'] as const },
  users: {
    all: ['users'] as const,
    lists: ['users', 'list'] as const,
    list: (filter: UserFilter) => ['users', 'list', filter] as const,
    one: (id: string) => ['users', 'one', id] as const,
    sessions: (id: string) => ['users', 'one', id, 'sessions'] as const,
  },
  plans: {
    all: ['plans'] as const,
    offers: ['plans', 'offers'] as const,
    current: ['plans', 'current'] as const,
    usage: ['plans', 'usage'] as const,
    invoices: ['plans', 'invoices'] as const,
    preview: (plan: string, interval: string) => ['plans', 'preview', plan, interval] as const,
  },
  dataset: {
    all: (name: string) => ['datasets', 'of', name] as const,
    records: (name: string, query: RecordQuery) => ['datasets', 'of', name, 'records', query] as const,
    record: (name: string, key: string) => ['datasets', 'of', name, 'record', key] as const,
    history: (name: string, key: string) => ['datasets', 'of', name, 'history', key] as const,
    held: (name: string) => ['datasets', 'of', name, 'held'] as const,
    batch: (name: string, id: string) => ['datasets', 'of', name, 'held', id] as const,
    shares: (name: string) => ['datasets', 'of', name, 'shares'] as const,
  },
  audit: { list: (filter: AuditFilter) => ['audit', filter] as const },
};
