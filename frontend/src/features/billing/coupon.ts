import type { Dayjs } from 'dayjs';
import type { Coupon, CouponWish } from '@/types/api';

/** A coupon as its form has it. */
export interface Draft {
  code: string;
  off: 'percent' | 'amount';
  percent?: number;
  amount?: number;
  currency?: string;
  lasts: 'once' | 'periods' | 'forever';
  periods?: number;
  plans?: string[];
  max_redemptions?: number | null;
  expires_at?: Dayjs | null;
}

export function wishOf({ code, off, lasts, ...draft }: Draft): CouponWish {
  return {
    code: code.trim().toUpperCase(),
    off:
      off === 'percent'
        ? { percent: draft.percent ?? 0 }
        : { amount: { currency: draft.currency ?? 'CNY', amount_minor: Math.round((draft.amount ?? 0) * 100) } },
    lasts: lasts === 'periods' ? { periods: draft.periods ?? 1 } : lasts,
    plans: draft.plans?.length ? draft.plans : undefined,
    max_redemptions: draft.max_redemptions ?? undefined,
    expires_at: draft.expires_at?.toISOString(),
  };
}

/** How long it is taken off, for its text. */
export const lengthOf = (lasts: Coupon['lasts']): { kind: 'once' | 'periods' | 'forever'; count: number } =>
  typeof lasts === 'object' ? { kind: 'periods', count: lasts.periods } : { kind: lasts, count: 0 };
