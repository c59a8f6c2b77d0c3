import type { DatasetRecord } from '@/types/api';

/** What became of a record after a time; null when nothing did, and of times that are none. */
export function changedSince(
  { created_at, updated_at }: Pick<DatasetRecord, 'created_at' | 'updated_at'>,
  since: string | undefined,
): 'added' | 'changed' | null {
  const from = Date.parse(since ?? '');
  if (Number.isNaN(from)) return null;
  if (Date.parse(created_at ?? '') >= from) return 'added';
  return Date.parse(updated_at ?? '') >= from ? 'changed' : null;
}
