import { expect, it } from 'vitest';
import { quantile } from '@/utils/quantile';

it('a quantile is one of the values, by nearest rank', () => {
  const values = [30, 10, 20, 40];
  expect([0, 0.5, 0.51, 0.95, 1].map((share) => quantile(values, share))).toEqual([10, 20, 30, 40, 40]);
  expect(quantile([], 0.5)).toBeNull();
});
