import { describe, expect, it, vi } from 'vitest';
import { PieceReader } from '@/services/pieces';

const ANSWER = new TextEncoder().encode(
  '{"records":2,"total":3,"about":null,"bytes":8}\n书,1\n{}{"records":3,"total":3,"about":null,"bytes":0}\n{"records":3,"total":null,"about":9,"bytes":3}\n\n{\n',
);

describe('a file that comes in pieces', () => {
  it.each([1, 2, 7, 1000])('is put together when %s bytes come at a time', async (size) => {
    const onProgress = vi.fn();
    const reader = new PieceReader(onProgress);
    for (let at = 0; at < ANSWER.length; at += size) reader.push(ANSWER.slice(at, at + size));
    expect(await reader.end('text/csv').text()).toBe('书,1\n{}\n{\n');
    expect(onProgress.mock.calls.map(([progress]) => progress)).toEqual([
      { records: 2, total: 3, about: null },
      { records: 3, total: 3, about: null },
      { records: 3, total: null, about: 9 },
    ]);
  });

  it('is not taken for whole when it breaks off', () => {
    const reader = new PieceReader(() => {});
    reader.push(ANSWER.slice(0, 50));
    expect(() => reader.end('text/csv')).toThrow();
  });
});
