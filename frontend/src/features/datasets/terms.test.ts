import { describe, expect, it } from 'vitest';
import { editOf, termsOf } from '@/features/datasets/terms';
import type { Dataset } from '@/types/api';

const dataset = (contract: object, retention: object) =>
  ({ description: 'Books', contract, retention }) as unknown as Dataset;

describe('the terms of a dataset', () => {
  it('are the same after a form had them', () => {
    const contract = {
      least_records: 2,
      most_records: null,
      largest_drop: 0.07,
      most_nulls: { title: 0.333 },
      unique: ['title'],
      schema: true,
    };
    const retention = { days: 90, records: null, history_days: 365 };
    expect(editOf(termsOf(dataset(contract, retention)))).toEqual({ description: 'Books', contract, retention });
  });

  it('show shares as per cents and ask for nothing unasked', () => {
    const terms = termsOf(dataset({ largest_drop: 0.07 }, {}));
    expect(terms).toMatchObject({ largest_drop: 7, least_records: null, unique: [], nulls: [], days: null });
  });
});
