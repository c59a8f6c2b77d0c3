import type { ExecutionStatus, StepStatus } from '@/types/api';

export type AnyStatus = ExecutionStatus | StepStatus;

const OVER: AnyStatus[] = ['succeeded', 'failed', 'cancelled', 'timed_out', 'skipped'];

export const isOver = (status: AnyStatus) => OVER.includes(status);

export const EXECUTION_STATUSES: ExecutionStatus[] = [
  'pending',
  'running',
  'waiting',
  'succeeded',
  'failed',
  'cancelled',
  'timed_out',
];

/** The custom property that a state has its colour from, where it is drawn. */
export const VARIABLE_OF: Record<AnyStatus, string> = {
  pending: 'text-2',
  running: 'run',
  waiting: 'parked',
  succeeded: 'ok',
  failed: 'bad',
  skipped: 'text-2',
  cancelled: 'warn',
  timed_out: 'timed',
};
