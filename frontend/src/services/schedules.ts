import { http } from '@/services/http';
import type { NamedCalendar, NamedTrigger, Page } from '@/types/api';

/** Triggers of a page of the calendar: what is known of each is bounded, and more of fewer. */
const TOGETHER = 100;
/** Pages of a calendar. */
const MOST = 5;

export const schedules = {
  list: (cursor?: string) => http.get<Page<NamedTrigger>>('/workflow/triggers', { cursor, limit: 50 }),
  all: async () => (await http.get<Page<NamedTrigger>>('/workflow/triggers', { limit: 200 })).items,
  /** The times of all triggers within a range: what became of them, and those to come. */
  calendar: async (from: string, to: string) => {
    const found: NamedCalendar[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MOST; page++) {
      const answer = await http.get<Page<NamedCalendar>>('/workflow/triggers/calendar', {
        from,
        to,
        limit: TOGETHER,
        cursor,
      });
      found.push(...answer.items);
      cursor = answer.next_cursor ?? undefined;
      if (!cursor) break;
    }
    return { found, more: cursor !== undefined };
  },
};
