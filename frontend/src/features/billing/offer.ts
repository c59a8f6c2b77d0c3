import type { Interval, Plan, PlanOffer } from '@/types/api';

const GIB = 1024 ** 3;

export const LIMITS = [
  'executions_per_month',
  'pages_per_month',
  'concurrent_executions',
  'proxies',
  'dataset_records',
  'schedule_interval_seconds',
  'history_days',
  'history_bytes',
] as const;

type Limit = (typeof LIMITS)[number];

/** A version of a plan as its form has it: money in whole units, history in GiB, empty without limit. */
export interface Draft {
  code: string;
  name_zh: string;
  name_en: string;
  rank: number;
  prices: { interval: Interval; currency: string; amount: number }[];
  limits: Partial<Record<Limit, number | null>>;
}

const scaleOf = (limit: Limit) => (limit === 'history_bytes' ? GIB : 1);

export function draftOf(plan: Plan, names: { zh: string; en: string }, rank: number): Draft {
  return {
    code: plan.code,
    name_zh: names.zh,
    name_en: names.en,
    rank,
    prices: plan.prices.map(({ interval, currency, amount_minor }) => ({
      interval,
      currency,
      amount: amount_minor / 100,
    })),
    limits: Object.fromEntries(
      LIMITS.map((limit) => {
        const value = plan.entitlements[limit];
        return [limit, value == null ? null : value / scaleOf(limit)];
      }),
    ),
  };
}

export function offerOf({ name_zh, name_en, rank, prices, limits }: Draft): PlanOffer {
  return {
    name_zh: name_zh.trim(),
    name_en: name_en.trim(),
    rank,
    prices: prices.map(({ interval, currency, amount }) => ({
      interval,
      currency,
      amount_minor: Math.round(amount * 100),
    })),
    entitlements: Object.fromEntries(
      LIMITS.map((limit) => {
        const value = limits[limit];
        return [limit, value == null ? null : Math.round(value * scaleOf(limit))];
      }),
    ),
  };
}

export const fresh = (rank: number): Draft => ({
  code: '',
  name_zh: '',
  name_en: '',
  rank,
  prices: [{ interval: 'month', currency: 'CNY', amount: 0 }],
  limits: {},
});
