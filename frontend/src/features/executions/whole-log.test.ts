import { describe, expect, it, vi } from 'vitest';
import { wholeLog } from '@/features/executions/whole-log';
import type { LogLine, Page } from '@/types/api';

const line = (message: string, item?: number) =>
  ({ at: '2026-11-23T08:00:00Z', level: 'info', step: 'read', item, message }) as LogLine;

const PAGES: Record<string, Page<LogLine>> = {
  '': { items: [line('one'), line('two', 3)], next_cursor: 'b' },
  b: { items: [line('three')], next_cursor: null },
};

describe('a log that is saved', () => {
  it('has the lines of every page, not only of those that were looked at', async () => {
    const onLines = vi.fn();
    const read = async (cursor = '') => PAGES[cursor] as Page<LogLine>;
    const file = await wholeLog({ read, onLines, signal: new AbortController().signal });
    expect((await file?.text())?.split('\n')).toEqual([
      '2026-11-23T08:00:00Z info read one',
      '2026-11-23T08:00:00Z info read[3] two',
      '2026-11-23T08:00:00Z info read three',
      '',
    ]);
    expect(onLines.mock.calls).toEqual([[2], [3]]);
  });

  it('asks for nothing more once it is given up', async () => {
    const stop = new AbortController();
    const read = vi.fn(async () => PAGES[''] as Page<LogLine>);
    const file = await wholeLog({ read, onLines: () => stop.abort(), signal: stop.signal });
    expect(file).toBeNull();
    expect(read).toHaveBeenCalledTimes(2);
  });
});
