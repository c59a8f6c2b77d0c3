import { http } from '@/services/http';
import type { NamedTrigger, Page, TriggerCalendar } from '@/types/api';

export const schedules = {
  list: (cursor?: string) => http.get<Page<NamedTrigger>>('/workflow/triggers', { cursor, limit: 50 }),
  all: async () => (await http.get<Page<NamedTrigger>>('/workflow/triggers', { limit: 200 })).items,
  /** The times of a trigger within a range: what became of them, and those to come. */
  between: (trigger: string, from: string, to: string) =>
    http.get<TriggerCalendar>(`/workflow/triggers/${trigger}/calendar`, { from, to }),
};
