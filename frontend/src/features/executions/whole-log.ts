import type { LogLine, Page } from '@/types/api';

export const stepOf = ({ step, item }: LogLine) => (item == null ? (step ?? '') : `${step}[${item}]`);

const asText = (line: LogLine) => `${line.at} ${line.level} ${stepOf(line)} ${line.message}\n`;

interface Reader {
  read: (cursor?: string) => Promise<Page<LogLine>>;
  /** How many lines there are so far. */
  onLines: (lines: number) => void;
  signal: AbortSignal;
}

/** All pages of a log as a text file; null when it was given up. */
export async function wholeLog({ read, onLines, signal }: Reader): Promise<Blob | null> {
  // A part a page, so that a long log is never one string.
  const parts: string[] = [];
  let lines = 0;
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    if (signal.aborted) return null;
    parts.push(page.items.map(asText).join(''));
    lines += page.items.length;
    onLines(lines);
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return new Blob(parts, { type: 'text/plain' });
}
