import { expect, it } from 'vitest';
import { lengthOf, wishOf } from '@/features/billing/coupon';

it('a share of the price, for some periods of some plans', () => {
  const wish = wishOf({
    code: ' welcome10 ',
    off: 'percent',
    percent: 10,
    lasts: 'periods',
    periods: 3,
    plans: ['pro'],
  });
  expect(wish).toEqual({ code: 'WELCOME10', off: { percent: 10 }, lasts: { periods: 3 }, plans: ['pro'] });
});

it('an amount, once, of all plans', () => {
  const wish = wishOf({ code: 'FIVE', off: 'amount', amount: 5.5, currency: 'CNY', lasts: 'once', plans: [] });
  expect(wish).toEqual({ code: 'FIVE', off: { amount: { currency: 'CNY', amount_minor: 550 } }, lasts: 'once' });
});

it('says how long it lasts', () => {
  expect([lengthOf('forever'), lengthOf({ periods: 2 })]).toEqual([
    { kind: 'forever', count: 0 },
    { kind: 'periods', count: 2 },
  ]);
});
