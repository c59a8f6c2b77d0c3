import { expect, it } from 'vitest';
import { changedSince } from '@/features/datasets/changed';

const record = { created_at: '2026-11-20T08:00:00Z', updated_at: '2026-11-24T08:00:00Z' };

it('tells new records from changed ones and from those that stayed', () => {
  expect(changedSince(record, '2026-11-20T00:00:00Z')).toBe('added');
  expect(changedSince(record, '2026-11-24T08:00:00Z')).toBe('changed');
  expect(changedSince(record, '2026-11-25T00:00:00Z')).toBeNull();
});

it('tells nothing when no time is chosen, or none can be read', () => {
  expect(changedSince(record, undefined)).toBeNull();
  expect(changedSince(record, 'yesterday')).toBeNull();
});
