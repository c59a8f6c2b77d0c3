import { describe, expect, it } from 'vitest';
import { brief } from '@/features/dashboard/newest';
import type { DatasetRecord, JsonObject } from '@/types/api';

const record = (data: JsonObject) => ({ key: 'k1', data }) as unknown as DatasetRecord;

describe('a record in a few words', () => {
  it('has its first texts and numbers', () => {
    expect(brief(record({ rank: 1, tags: ['a'], title: '剑来', gone: null, note: ' ', author: 'x', url: 'y' }))).toBe(
      '1 · 剑来 · x',
    );
  });

  it('is its key when there is none', () => expect(brief(record({ tags: [] }))).toBe('k1'));

  it('is not long', () => expect(brief(record({ text: 'x'.repeat(500) }))).toHaveLength(80));
});
