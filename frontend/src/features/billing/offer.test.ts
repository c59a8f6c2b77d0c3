import { expect, it } from 'vitest';
import { draftOf, offerOf } from '@/features/billing/offer';
import type { Plan } from '@/types/api';

const plan: Plan = {
  code: 'pro',
  version: 3,
  name: 'Pro',
  prices: [
    { interval: 'month', currency: 'CNY', amount_minor: 19_990 },
    { interval: 'year', currency: 'CNY', amount_minor: 199_900 },
  ],
  entitlements: {
    executions_per_month: 1000,
    pages_per_month: null,
    concurrent_executions: 10,
    proxies: 0,
    dataset_records: 50_000,
    schedule_interval_seconds: 60,
    history_days: 30,
    history_bytes: 5 * 1024 ** 3,
  },
};

it('a plan that is written and sent is the same plan', () => {
  const draft = draftOf(plan, { zh: '专业版', en: 'Pro' }, 2);
  expect(draft.limits.history_bytes).toBe(5);
  expect(draft.prices[0]?.amount).toBe(199.9);
  expect(offerOf(draft)).toEqual({
    name_zh: '专业版',
    name_en: 'Pro',
    rank: 2,
    prices: plan.prices,
    entitlements: plan.entitlements,
  });
});

it('nothing is not the same as no limit', () => {
  const draft = draftOf(plan, { zh: 'a', en: 'b' }, 0);
  expect(offerOf(draft).entitlements).toMatchObject({ proxies: 0, pages_per_month: null });
});
