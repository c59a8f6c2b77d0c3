import type { Permission } from '@/types/api';

/** What the palette offers. */
export interface Command {
  /** Unique among those offered. */
  id: string;
  group: 'go' | 'run' | 'create' | 'found' | 'look';
  text: string;
  /** What else it is found by and shown with. */
  hint?: string;
  /** Keys that do the same. */
  keys?: string;
  to?: string;
  act?: () => void;
}

/** A page that is gone to with `g` and a letter. */
export interface Place {
  to: string;
  text: string;
  letter?: string;
  needs?: Permission;
}

export const PLACES: Place[] = [
  { to: '/dashboard', text: 'nav.dashboard', letter: 'h' },
  { to: '/workflows', text: 'nav.workflows', letter: 'w' },
  { to: '/executions', text: 'nav.executions', letter: 'e' },
  { to: '/schedules', text: 'nav.schedules', letter: 's' },
  { to: '/data', text: 'nav.data', letter: 'd' },
  { to: '/proxies', text: 'nav.proxies', letter: 'p' },
  { to: '/automations', text: 'nav.automations', letter: 'a' },
  { to: '/automations/webhooks', text: 'commands.webhooks' },
  { to: '/secrets', text: 'nav.secrets', letter: 'k' },
  { to: '/secrets?tab=variables', text: 'commands.variables' },
  { to: '/files', text: 'commands.files' },
  { to: '/archive', text: 'commands.archive' },
  { to: '/plan', text: 'nav.plan', letter: 'u' },
  { to: '/notifications', text: 'nav.notifications', letter: 'n' },
  { to: '/account/profile', text: 'commands.profile' },
  { to: '/account/security', text: 'commands.security' },
  { to: '/account/api-keys', text: 'nav.keys' },
  { to: '/account/notifications', text: 'commands.told' },
  { to: '/admin/users', text: 'nav.users', needs: 'users:read' },
  { to: '/admin/audit', text: 'nav.audit', needs: 'audit:read' },
  { to: '/admin/plans', text: 'commands.plans', needs: 'plans:write' },
  { to: '/admin/coupons', text: 'commands.coupons', needs: 'billing:read' },
  { to: '/admin/invoices', text: 'commands.invoices', needs: 'billing:read' },
  { to: '/admin/hosts', text: 'commands.hosts', needs: 'system:read' },
  { to: '/admin/system', text: 'commands.system', needs: 'system:read' },
  { to: '/admin/events', text: 'commands.events', needs: 'system:read' },
];

export const CREATE: Place[] = [
  { to: '/workflows/new', text: 'commands.newWorkflow' },
  { to: '/workflows/templates', text: 'commands.fromTemplate' },
  { to: '/automations/new', text: 'commands.newAutomation' },
];

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text is the id of something. */
export const isId = (text: string) => UUID.test(text.trim());

/**
 * How well a text is meant by what was typed: 0 for not at all, most for the same. All letters must be
 * there in their order; those beside each other and at the beginning of words count more.
 */
export function fit(text: string, typed: string): number {
  const [have, want] = [text.toLowerCase(), typed.trim().toLowerCase()];
  if (want === '') return 1;
  const at = have.indexOf(want);
  if (at >= 0) return 1000 - Math.min(at, 400) + (at === 0 || /[\s_\-/:.]/.test(have[at - 1] ?? '') ? 500 : 0);
  let from = 0;
  let gaps = 0;
  for (const letter of want.replace(/\s+/g, '')) {
    const found = have.indexOf(letter, from);
    if (found < 0) return 0;
    gaps += found - from;
    from = found + 1;
  }
  return Math.max(1, 300 - gaps * 10);
}

/** Those that fit, best first; what fits alike stays as it was. */
export function best(commands: Command[], typed: string, most: number): Command[] {
  return commands
    .map((command) => ({ command, score: Math.max(fit(command.text, typed), fit(command.hint ?? '', typed) / 2) }))
    .filter(({ score }) => score > (typed.trim() ? 60 : 0))
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ command }) => command);
}
