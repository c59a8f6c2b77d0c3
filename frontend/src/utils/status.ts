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
