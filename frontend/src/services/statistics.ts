import { http } from '@/services/http';
import type { Collected, Statistics, UsageReport } from '@/types/api';

export type Span = 'hour' | 'day';

/** Figures over time. */
export const statistics = {
  runs: (from: string, step: Span) => http.get<Statistics>('/workflow/executions/statistics', { from, step }),
  collected: (from: string, step: Span) => http.get<Collected>('/collection/statistics', { from, step }),
  usage: (days: number) => http.get<UsageReport>('/subscription/usage', { days }),
};
