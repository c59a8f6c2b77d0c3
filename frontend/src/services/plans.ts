import { http } from '@/services/http';
import type { CurrentSubscription, Page, Plan } from '@/types/api';

export const plans = {
  /** Plans are few; the answer may be a plain list or a page. */
  async list(): Promise<Plan[]> {
    const answer = await http.get<Plan[] | Page<Plan>>('/subscription/plans');
    return Array.isArray(answer) ? answer : answer.items;
  },
  current: () => http.get<CurrentSubscription>('/subscription/current'),
};
