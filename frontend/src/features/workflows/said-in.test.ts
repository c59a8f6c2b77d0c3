import { expect, it } from 'vitest';
import { saidIn } from '@/features/workflows/said-in';

it('a text in both languages is shown in one of them', () => {
  const text = '导入保存的页面（文件或 ZIP）。 Imports saved pages. Counts tags.';
  expect(saidIn(text, 'zh-CN')).toBe('导入保存的页面（文件或 ZIP）。');
  expect(saidIn(text, 'en')).toBe('Imports saved pages. Counts tags.');
  expect(saidIn('Only English.', 'zh-CN')).toBe('Only English.');
});
