import { expect, it } from 'vitest';
import { size } from '@/utils/size';

it('sizes have the unit that suits them', () => {
  expect([0, 1023, 1024, 1536 * 1024, 300 * 1024 ** 2, 5 * 1024 ** 4].map(size)).toEqual([
    '0 B',
    '1023 B',
    '1.0 KB',
    '1.5 MB',
    '300 MB',
    '5.0 TB',
  ]);
});
