import type { AuditFilter } from '@/services/audit';
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
  audit: { list: (filter: AuditFilter) => ['audit', filter] as const },
};
