import type { Automation, AutomationAction, AutomationRule } from '@/types/api';

/** How somebody is told. */
export type Channel = 'notify' | 'email';

const other = (channel: Channel): Channel => (channel === 'notify' ? 'email' : 'notify');

/** Whether a rule tells its owner that way now. */
export const tells = ({ enabled, actions }: Automation, channel: Channel) =>
  enabled && actions.some(({ kind }) => kind === channel);

/** Rules that tell their owner something, or did before they were switched off. */
export const isTelling = ({ actions }: Automation) => actions.some(({ kind }) => kind === 'notify' || kind === 'email');

/** The same words another way. */
function reworded(action: AutomationAction | undefined, channel: Channel): AutomationAction | null {
  if (action?.kind === 'notify' && channel === 'email')
    return { kind: 'email', subject: action.title, body: action.body || action.title };
  if (action?.kind === 'email' && channel === 'notify')
    return { kind: 'notify', title: action.subject, body: action.body };
  return null;
}

/**
 * The rule with one way switched on or off. A rule that does nothing else is switched off as a whole
 * with its last way, so that its words are kept; one that was off begins with the way that is wanted.
 */
export function retold(rule: Automation, channel: Channel, on: boolean): AutomationRule {
  const { name, trigger, cooldown_seconds } = rule;
  const kept = { name, trigger, cooldown_seconds };
  if (!on) {
    const rest = rule.actions.filter(({ kind }) => kind !== channel);
    return rest.length > 0
      ? { ...kept, enabled: true, actions: rest }
      : { ...kept, enabled: false, actions: rule.actions };
  }
  const own = rule.actions.filter(({ kind }) => kind === channel);
  const words = rule.actions.find(({ kind }) => kind === other(channel));
  const made = own.length > 0 ? [] : [reworded(words, channel)].filter((action) => action !== null);
  const before = rule.enabled ? rule.actions : rule.actions.filter(({ kind }) => kind !== other(channel));
  return { ...kept, enabled: true, actions: [...before, ...made] };
}
