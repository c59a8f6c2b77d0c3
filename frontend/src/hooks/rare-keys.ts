import type { PageFilter } from '@/services/archive';
import type { AuditFilter } from '@/services/audit';
import type { InvoiceFilter } from '@/services/billing';
import type { RecordQuery } from '@/services/datasets';
import type { JournalFilter, LogFilter } from '@/services/executions';
import type { ProxyFilter } from '@/services/proxies';
import type { EventFilter } from '@/services/system';
import type { UserFilter } from '@/services/users';

/** As `keys`, for pages that few open: loaded with them. */
export const rareKeys = {
  apiKeys: { all: ['api-keys'] as const },
  savedViews: ['saved-views'] as const,
  users: {
    all: ['users'] as const,
    lists: ['users', 'list'] as const,
    list: (filter: UserFilter) => ['users', 'list', filter] as const,
    one: (id: string) => ['users', 'one', id] as const,
    sessions: (id: string) => ['users', 'one', id, 'sessions'] as const,
    usage: (id: string, language: string) => ['users', 'one', id, 'usage', language] as const,
    audit: (id: string) => ['users', 'one', id, 'audit'] as const,
  },
  plans: {
    all: ['plans'] as const,
    offers: ['plans', 'offers'] as const,
    current: ['plans', 'current'] as const,
    usage: ['plans', 'usage'] as const,
    invoices: ['plans', 'invoices'] as const,
    invoice: (id: string) => ['plans', 'invoices', id] as const,
    creditNotes: ['plans', 'credit-notes'] as const,
    preview: (plan: string, interval: string) => ['plans', 'preview', plan, interval] as const,
  },
  dataset: {
    all: (name: string) => ['datasets', 'of', name] as const,
    records: (name: string, query: RecordQuery) => ['datasets', 'of', name, 'records', query] as const,
    record: (name: string, key: string) => ['datasets', 'of', name, 'record', key] as const,
    history: (name: string, key: string) => ['datasets', 'of', name, 'history', key] as const,
    versions: (name: string) => ['datasets', 'of', name, 'versions'] as const,
    statistics: (name: string, field: string) => ['datasets', 'of', name, 'statistics', field] as const,
    sample: (name: string, query: RecordQuery) => ['datasets', 'of', name, 'sample', query] as const,
    held: (name: string) => ['datasets', 'of', name, 'held'] as const,
    batch: (name: string, id: string) => ['datasets', 'of', name, 'held', id] as const,
    shares: (name: string) => ['datasets', 'of', name, 'shares'] as const,
  },
  pool: {
    proxies: (id: string, filter: ProxyFilter) => ['pools', 'of', id, 'proxies', filter] as const,
    proxy: (id: string, proxy: string) => ['pools', 'of', id, 'proxy', proxy] as const,
    hosts: (id: string) => ['pools', 'of', id, 'hosts'] as const,
    map: (id: string, host: string) => ['pools', 'of', id, 'map', host] as const,
    pairs: (id: string, host: string) => ['pools', 'of', id, 'pairs', host] as const,
    explain: (id: string, host: string, session?: string) => ['pools', 'of', id, 'explain', host, session] as const,
    sources: (id: string) => ['pools', 'of', id, 'sources'] as const,
    newest: (id: string) => ['pools', 'of', id, 'newest-test'] as const,
    tests: (id: string) => ['pools', 'of', id, 'tests'] as const,
    results: (id: string, test: string) => ['pools', 'of', id, 'tests', test] as const,
  },
  files: { all: ['files'] as const },
  versions: {
    all: (id: string) => ['workflows', id, 'versions'] as const,
    one: (id: string, version: number) => ['workflow-version', id, version] as const,
    diff: (id: string, from: number, to: number) => ['workflow-diff', id, from, to] as const,
    draft: (id: string, from: number, source: string) => ['workflow-diff', id, from, 'draft', source] as const,
  },
  triggers: {
    all: ['triggers'] as const,
    named: ['triggers', 'named'] as const,
    everything: ['triggers', 'everything'] as const,
    room: ['usage', 'room'] as const,
    calendar: (from: string, to: string) => ['triggers', 'calendar', from, to] as const,
    preview: (id: string, range: { from: string; to: string } | undefined) => ['ticks', id, 'preview', range] as const,
    of: (id: string) => ['workflows', id, 'triggers'] as const,
    ticks: (id: string) => ['ticks', id] as const,
  },
  logs: (id: string, filter: LogFilter) => ['executions', 'logs', id, filter] as const,
  journal: {
    // What it does next leaves what it did as it was.
    part: (id: string, part: number, upTo: number) => ['executions', 'journal', id, part, upTo] as const,
    event: (id: string, seq: number) => ['executions', 'journal', id, 'event', seq] as const,
    some: (id: string, filter: JournalFilter) => ['executions', 'journal', id, filter] as const,
  },
  written: (dataset: string, version: number) => ['datasets', 'written', dataset, version] as const,
  writes: (id: string) => ['executions', 'writes', id] as const,
  system: {
    status: ['system', 'status'] as const,
    hosts: ['system', 'hosts'] as const,
    parked: ['system', 'parked'] as const,
    events: ['system', 'events'] as const,
    happened: (filter: EventFilter) => ['system', 'events', filter] as const,
  },
  actions: { in: (language: string) => ['actions', language] as const },
  templates: { in: (language: string) => ['templates', language] as const },
  billing: {
    all: ['billing'] as const,
    plans: ['billing', 'plans'] as const,
    coupons: ['billing', 'coupons'] as const,
    invoices: (filter: InvoiceFilter) => ['billing', 'invoices', filter] as const,
    // What was given back until now: another sum, another list.
    refunds: (invoice: string, given: number) => ['billing', 'refunds', invoice, given] as const,
    books: ['billing', 'books'] as const,
  },
  webhooks: {
    all: ['webhooks'] as const,
    list: ['webhooks', 'list'] as const,
    one: (id: string) => ['webhooks', 'one', id] as const,
    deliveries: (id: string) => ['webhooks', 'deliveries', id] as const,
    delivery: (id: string, delivery: string) => ['webhooks', 'deliveries', id, delivery] as const,
  },
  archive: (filter: PageFilter) => ['archive', filter] as const,
  archived: (id: string) => ['archived', id] as const,
  kept: { secrets: ['kept', 'secrets'] as const, variables: ['kept', 'variables'] as const },
  dashboard: {
    all: ['dashboard'] as const,
    any: ['dashboard', 'any'] as const,
    runs: (from: string, step: string) => ['dashboard', 'runs', from, step] as const,
    usage: (days: number) => ['dashboard', 'usage', days] as const,
    troubled: ['dashboard', 'troubled'] as const,
    pools: ['dashboard', 'pools'] as const,
    collected: (from: string, step: string) => ['dashboard', 'collected', from, step] as const,
    newest: ['dashboard', 'newest'] as const,
    cooling: (pools: string[]) => ['dashboard', 'cooling', pools] as const,
  },
  automations: {
    all: ['automations'] as const,
    list: ['automations', 'list'] as const,
    one: (id: string) => ['automations', 'one', id] as const,
    firings: (id: string) => ['automations', 'firings', id] as const,
    events: ['automations', 'events'] as const,
    workflows: ['automations', 'workflows'] as const,
    endpoints: ['automations', 'endpoints'] as const,
  },
  notifications: { list: (unread: boolean) => ['notifications', 'list', unread] as const },
  audit: { list: (filter: AuditFilter) => ['audit', filter] as const },
};
