import type { RecentRun } from '@/types/api';
import { isOver } from '@/utils/status';

/** What the last runs come to: how many of those that ended went well, and how long these took on average. */
export function summaryOf(recent: RecentRun[]): { rate: number | null; mean: number | null } {
  const over = recent.filter(({ status }) => isOver(status));
  const good = over.filter(({ status }) => status === 'succeeded');
  const times = good.map(({ took_ms }) => took_ms).filter((took) => typeof took === 'number');
  return {
    rate: over.length === 0 ? null : good.length / over.length,
    mean: times.length === 0 ? null : times.reduce((sum, took) => sum + took, 0) / times.length,
  };
}
