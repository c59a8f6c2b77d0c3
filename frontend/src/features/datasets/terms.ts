import type { Dataset, DatasetEdit } from '@/types/api';

/** Contract and retention as a form has them: shares as per cents, what is not asked for as null. */
export interface Terms {
  description: string;
  least_records: number | null;
  most_records: number | null;
  largest_drop: number | null;
  unique: string[];
  schema: boolean;
  nulls: { field: string; share: number }[];
  days: number | null;
  records: number | null;
  history_days: number | null;
}

// A tenth of a per cent, so that 0.07 is 7 and not 7.000000000000001.
const percent = (share: number) => Math.round(share * 1000) / 10;
const share = (percent: number) => Math.round(percent * 10) / 1000;

export function termsOf({ description, contract, retention }: Dataset): Terms {
  return {
    description,
    least_records: contract.least_records ?? null,
    most_records: contract.most_records ?? null,
    largest_drop: contract.largest_drop == null ? null : percent(contract.largest_drop),
    unique: contract.unique ?? [],
    schema: contract.schema ?? false,
    nulls: Object.entries(contract.most_nulls ?? {}).map(([field, most]) => ({ field, share: percent(most) })),
    days: retention.days ?? null,
    records: retention.records ?? null,
    history_days: retention.history_days ?? null,
  };
}

export function editOf(terms: Terms): DatasetEdit {
  const { least_records, most_records, largest_drop, unique, schema, nulls } = terms;
  const { days, records, history_days } = terms;
  return {
    description: terms.description.trim(),
    contract: {
      least_records,
      most_records,
      largest_drop: largest_drop === null ? null : share(largest_drop),
      unique,
      schema,
      most_nulls: Object.fromEntries(nulls.map((one) => [one.field, share(one.share)])),
    },
    retention: { days, records, history_days },
  };
}
