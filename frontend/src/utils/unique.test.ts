import { expect, it } from 'vitest';
import { unique, wishes } from '@/utils/unique';

it('is 128 bits that differ', () => {
  const found = new Set(Array.from({ length: 100 }, unique));
  expect(found.size).toBe(100);
  for (const one of found) expect(one).toMatch(/^[0-9a-f]{32}$/);
});

it('names a wish the same until it changes', () => {
  const name = wishes();
  const first = name({ pages: 2 });
  expect(name({ pages: 2 })).toBe(first);
  const other = name({ pages: 3 });
  expect(other).not.toBe(first);
  expect(wishes()({ pages: 3 })).not.toBe(other);
});
