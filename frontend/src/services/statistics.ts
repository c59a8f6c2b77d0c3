import { http } from '@/services/http';
import type { Statistics, UsageReport } from '@/types/api';

export type Span = 'hour' | 'day';

/** Figures over time. */
export const statistics = {
  runs: (from: string, step: Span) => http.get<Statistics>('/workflow/executions/statistics', { from, step }),
  usage: (days: number) => http.get<UsageReport>('/subscription/usage', { days }),
};
