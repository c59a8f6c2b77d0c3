import type { JournalEntry } from '@/types/api';

/** The kinds of events that a journal may have, in the order in which a run goes. */
export const KINDS = [
  'execution.created',
  'execution.started',
  'step.expanded',
  'step.started',
  'step.recorded',
  'step.waiting',
  'step.awaiting',
  'signal.received',
  'step.calling',
  'child.ended',
  'step.succeeded',
  'step.failed',
  'step.cancelled',
  'step.skipped',
  'execution.stopping',
  'execution.retried',
  'execution.finished',
];

const WELL = ['step.succeeded', 'execution.finished'];
const BADLY = ['step.failed', 'execution.stopping'];

/** How an event is marked: what ended well, and what did not. */
export function toneOf({ kind, body }: Pick<JournalEntry, 'kind' | 'body'>): 'ok' | 'bad' | 'plain' {
  if (BADLY.includes(kind)) return 'bad';
  if (!WELL.includes(kind)) return 'plain';
  return body.status === undefined || body.status === 'succeeded' ? 'ok' : 'bad';
}

/** What an event is about: its step, and the item of it. */
export function aboutOf({ body: { step, item } }: Pick<JournalEntry, 'body'>): string {
  if (typeof step !== 'string') return '';
  return typeof item === 'number' ? `${step}[${item}]` : step;
}

const MOST = 240;

/** The rest of the body in one line. */
export function briefOf({ body }: Pick<JournalEntry, 'body'>): string {
  const { step: _, item: __, ...rest } = body;
  if (Object.keys(rest).length === 0) return '';
  const text = JSON.stringify(rest);
  return text.length > MOST ? `${text.slice(0, MOST)}…` : text;
}
