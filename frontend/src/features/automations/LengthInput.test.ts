import { expect, it } from 'vitest';
import { unitOf } from '@/features/automations/LengthInput';

it.each([
  [0, 's'],
  [45, 's'],
  [600, 'm'],
  [7200, 'h'],
  [5400, 'm'],
  [172_800, 'd'],
])('%i seconds are said in %s', (seconds, unit) => {
  expect(unitOf(seconds)).toBe(unit);
});
