import { expect, test } from 'vitest';
import { cut, labelsFor, widthOf } from '@/components/chart-labels';

test('names that fit beside each other stand upright, each of them', () => {
  expect(labelsFor(['都市', '玄幻'], 300)).toMatchObject({ rotate: 0, every: true });
});

test('names that do not fit slant, and are still all there', () => {
  expect(labelsFor(Array(12).fill('127.0.0.1:34085'), 300)).toMatchObject({ rotate: 55, every: true });
});

test('of times and of very many names those are shown that fit', () => {
  expect(labelsFor(Array(30).fill('11-27'), 300)).toMatchObject({ rotate: 0, every: false });
  expect(labelsFor(Array(30).fill('都市'), 300)).toMatchObject({ rotate: 0, every: false });
});

test('what is too long is cut, by the room that its signs take', () => {
  expect(cut('short', 96)).toBe('short');
  expect(cut('一个长得在窄屏上放不下的副标题', 60)).toBe('一个…标题');
  expect(cut('127.0.0.1:34085', 84)).toBe('127.0…34085');
  expect(widthOf(cut('a-name-that-has-no-end-at-all', 76))).toBeLessThanOrEqual(76);
});
