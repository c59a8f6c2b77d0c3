import { datasets } from '@/services/datasets';
import type { Dataset, DatasetRecord } from '@/types/api';

const SHOWN = 6;
/** Datasets that changed last, in which the newest records are looked for. */
const LOOKED_AT = 4;
const PAGES = 4;
const LONGEST = 80;

export interface Newest {
  dataset: string;
  record: DatasetRecord;
}

async function all(): Promise<Dataset[]> {
  const found: Dataset[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES; page++) {
    const { items, next_cursor } = await datasets.list(cursor);
    found.push(...items);
    if (!next_cursor) break;
    cursor = next_cursor;
  }
  return found;
}

/** The newest records of the datasets that changed last. */
export async function newestOf(): Promise<Newest[]> {
  const changed = (await all()).filter(({ records }) => records > 0);
  const last = changed.toSorted((one, other) => other.updated_at.localeCompare(one.updated_at)).slice(0, LOOKED_AT);
  const found = await Promise.all(
    last.map(async ({ name }) =>
      (await datasets.records(name, {}, undefined, SHOWN)).items.map((record) => ({ dataset: name, record })),
    ),
  );
  return found
    .flat()
    .sort((one, other) => (other.record.created_at ?? '').localeCompare(one.record.created_at ?? ''))
    .slice(0, SHOWN);
}

/** A record in a few words: its first texts and numbers, which are what people know it by. */
export function brief({ key, data }: DatasetRecord): string {
  const plain = Object.values(data).filter((value) => typeof value === 'string' || typeof value === 'number');
  const text = plain
    .map(String)
    .filter((value) => value.trim() !== '')
    .slice(0, 3)
    .join(' · ');
  return (text || key).slice(0, LONGEST);
}
