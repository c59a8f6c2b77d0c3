import { screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { Reasons } from '@/features/datasets/Reasons';
import { loadLocale } from '@/locales';
import '@/locales/data';
import { show } from '@/testing/show';
import type { HeldBatch } from '@/types/api';

const BREACHES: HeldBatch['breaches'] = [
  {
    rule: 'most_nulls',
    field: 'title',
    key: '9',
    message: '2 records of 3 have none, at most 10 % may',
    reason: { code: 'missing', records: 2, of: 3, most: 0.1 },
  },
  {
    rule: 'largest_drop',
    message: '30 records after 90 are 66.7 % fewer, at most 50 % may be missing',
    reason: { code: 'fewer', records: 30, before: 90, drop: 2 / 3, most: 0.5 },
  },
  {
    rule: 'schema',
    field: 'price',
    key: '7',
    message: 'string where number is declared',
    reason: { code: 'wrong_type', found: 'string', declared: 'number' },
  },
  { rule: 'unique', field: 'id', key: '1', message: 'a value stands in more than one record' },
];

describe('reasons of a held batch', () => {
  afterEach(() => loadLocale('en'));

  it('are told in the language of the page, old ones as they were kept', async () => {
    await loadLocale('zh-CN');
    show(<Reasons breaches={BREACHES} />);
    expect(screen.getByText(/3 条记录中有 2 条没有值，最多允许 10%/)).toBeTruthy();
    expect(screen.getByText(/上一批 90 条，这一批 30 条，少了 66.7%，最多允许少 50%/)).toBeTruthy();
    expect(screen.getByText(/声明为数字，实际为文本/)).toBeTruthy();
    expect(screen.getByText(/a value stands in more than one record/)).toBeTruthy();
    expect(screen.getByText('首条记录的键为 9')).toBeTruthy();
    expect(screen.queryByText(/records of 3/)).toBeNull();
  });

  it('are told in English', async () => {
    await loadLocale('en');
    show(<Reasons breaches={BREACHES} />);
    expect(screen.getByText(/2 of 3 records have no value, at most 10% may/)).toBeTruthy();
    expect(screen.getByText(/text where number is declared/)).toBeTruthy();
  });
});
