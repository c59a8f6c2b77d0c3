import type { Automation, AutomationAction, AutomationRule, JsonObject } from '@/types/api';

/** An action as its form has it: what is JSON is text. */
export type DraftAction = { kind: AutomationAction['kind'] } & Record<string, string | undefined>;

/** What the form hands on as it is. */
type Timed = Pick<AutomationRule['trigger'], 'absence' | 'schedule'>;

/** A rule as its form has it. */
export interface Draft {
  name: string;
  enabled: boolean;
  trigger: {
    event: string;
    if?: string;
    threshold?: { count: number; within_seconds: number; by?: string };
  } & Timed;
  /** Whether the threshold counts. */
  often: boolean;
  cooldown_seconds: number;
  actions: DraftAction[];
}

export const ACTION_KINDS: AutomationAction['kind'][] = [
  'notify',
  'email',
  'webhook',
  'run_workflow',
  'cancel_execution',
  'pause_schedule',
];

const filled = (text: string | undefined) => text?.trim() || undefined;

/** Fields of actions that are JSON. */
const JSON_FIELDS = ['params', 'data'];

function actionOf({ kind, ...texts }: DraftAction): AutomationAction {
  const action: JsonObject = { kind };
  for (const [name, text] of Object.entries(texts)) {
    if (text === undefined || filled(text) === undefined) continue;
    action[name] = JSON_FIELDS.includes(name) ? (JSON.parse(text) as JsonObject) : text;
  }
  return action as unknown as AutomationAction;
}

/** What is sent of it: what is empty is left out. */
export function ruleOf({ name, enabled, trigger, often, cooldown_seconds, actions }: Draft): AutomationRule {
  const { event, threshold, absence, schedule } = trigger;
  return {
    name: name.trim(),
    enabled,
    trigger: {
      event: event.trim(),
      ...(filled(trigger.if) ? { if: filled(trigger.if) } : {}),
      ...(absence ? { absence } : {}),
      ...(schedule ? { schedule } : {}),
      ...(often && threshold ? { threshold: { ...threshold, by: filled(threshold.by) } } : {}),
    },
    cooldown_seconds,
    actions: actions.map(actionOf),
  };
}

function draftAction(action: AutomationAction): DraftAction {
  const draft = Object.entries(action).map(([name, value]) => [
    name,
    JSON_FIELDS.includes(name) ? JSON.stringify(value, null, 2) : value,
  ]);
  return Object.fromEntries(draft) as DraftAction;
}

const THRESHOLD = { count: 3, within_seconds: 3600 };

/** The form's values for a rule that is kept. */
export function draftOf({ name, enabled, trigger, cooldown_seconds, actions }: Automation): Draft {
  const { threshold, absence, schedule } = trigger;
  return {
    name,
    enabled,
    trigger: {
      event: trigger.event,
      if: trigger.if ?? undefined,
      threshold: threshold ? { ...threshold, by: threshold.by ?? undefined } : THRESHOLD,
      absence,
      schedule,
    },
    often: Boolean(threshold),
    cooldown_seconds,
    actions: actions.map(draftAction),
  };
}

const fresh = (more: Partial<Draft>): Draft => ({
  name: '',
  enabled: true,
  trigger: { event: 'execution.finished', threshold: THRESHOLD },
  often: false,
  cooldown_seconds: 0,
  actions: [{ kind: 'notify' }],
  ...more,
});

const payload = (field: string) => `\${{ trigger.event.payload.${field} }}`;

/** Rules to begin with, by the name that the address has. */
export const STARTS = {
  failures: fresh({
    trigger: {
      event: 'execution.finished',
      if: "trigger.event.payload.status == 'failed'",
      threshold: { ...THRESHOLD, by: 'trigger.event.payload.definition_id' },
    },
    often: true,
    cooldown_seconds: 3600,
  }),
  data: fresh({
    trigger: { event: 'dataset.changed', if: 'trigger.event.payload.added > 0', threshold: THRESHOLD },
  }),
  chain: fresh({
    trigger: { event: 'execution.finished', if: "trigger.event.payload.status == 'succeeded'", threshold: THRESHOLD },
    actions: [{ kind: 'run_workflow' }],
  }),
} satisfies Record<string, Draft>;

export type Start = keyof typeof STARTS;

type Say = (text: string, values?: Record<string, string>) => string;

/** The rule to begin with, in the words of the language; a bare one where the address names none. */
export function startOf(name: string | null, say: Say): Draft {
  const start = STARTS[name as Start] ?? fresh({});
  const note = (title: string, body?: string): Draft => ({ ...start, actions: [{ kind: 'notify', title, body }] });
  switch (name) {
    case 'failures':
      return note(
        say('automations.starts.failures.title'),
        say('automations.starts.failures.body', { workflow: payload('definition_id') }),
      );
    case 'data':
      return note(say('automations.starts.data.note', { added: payload('added'), dataset: payload('dataset') }));
    default:
      return start;
  }
}

/** `actions[1].body` as the form names its fields. */
export const placeOf = (path: string): (string | number)[] =>
  [...path.matchAll(/[^.[\]]+/g)].map(([part]) => (/^\d+$/.test(part) ? Number(part) : part));

const ALWAYS = ['trigger.event.kind', 'trigger.event.at', 'trigger.event.id', 'now'];

/** What expressions of a rule may name. */
export const namesOf = (fields: string[]) => [...fields.map((name) => `trigger.event.payload.${name}`), ...ALWAYS];
