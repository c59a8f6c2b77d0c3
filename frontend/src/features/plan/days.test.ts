import { expect, it } from 'vitest';
import { daysOf } from '@/features/plan/days';

const day = { starts_at: '2026-03-01T00:00:00Z', executions: 4, pages: 9, bytes: 1_572_864, proxy_bytes: 0 };

it('days without use are there, and the last is today', () => {
  const now = Date.parse('2026-03-02T23:00:00Z');
  expect(daysOf([day], 'pages', 4, now)).toEqual([
    { name: '02-27', value: 0 },
    { name: '02-28', value: 0 },
    { name: '03-01', value: 9 },
    { name: '03-02', value: 0 },
  ]);
  expect(daysOf([day], 'bytes', 2, now)[0]).toEqual({ name: '03-01', value: 1.5 });
});
