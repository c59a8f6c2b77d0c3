import { expect, it } from 'vitest';
import { changesOf } from '@/features/plan/entitlements';
import type { Plan } from '@/types/api';

const plan = (entitlements: object) => ({ entitlements }) as unknown as Plan;

it('says what another plan includes otherwise, what has no limit too', () => {
  const from = plan({ proxies: 20, pages_per_month: 2000, history_days: 7 });
  const to = plan({ proxies: 200, pages_per_month: null, history_days: 7 });
  expect(changesOf(from, to)).toEqual([
    { name: 'proxies', from: 20, to: 200 },
    { name: 'pages_per_month', from: 2000, to: null },
  ]);
  expect(changesOf(from, from)).toEqual([]);
});
