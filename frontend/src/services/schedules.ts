import { http } from '@/services/http';
import type { NamedTrigger, Page, Tick } from '@/types/api';

/** Pages of a ledger that are read for a calendar, at most. */
const MOST_PAGES = 5;
const PAGE = 200;

export const schedules = {
  list: (cursor?: string) => http.get<Page<NamedTrigger>>('/workflow/triggers', { cursor, limit: 50 }),
  all: async () => (await http.get<Page<NamedTrigger>>('/workflow/triggers', { limit: PAGE })).items,
  /** What became of the times of a trigger since a time, as far as a few pages tell. */
  async since(trigger: string, since: string): Promise<{ ticks: Tick[]; whole: boolean }> {
    const ticks: Tick[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const { items, next_cursor } = await http.get<Page<Tick>>(`/workflow/triggers/${trigger}/ticks`, {
        cursor,
        limit: PAGE,
      });
      ticks.push(...items.filter(({ due_at }) => Date.parse(due_at) >= Date.parse(since)));
      const last = items.at(-1);
      if (!next_cursor || !last || Date.parse(last.due_at) < Date.parse(since)) return { ticks, whole: true };
      cursor = next_cursor;
    }
    return { ticks, whole: false };
  },
};
