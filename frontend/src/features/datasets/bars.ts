import type { DatasetVersion } from '@/types/api';
import { absolute } from '@/utils/format';

/** Batches that are drawn. */
export const DRAWN = 24;
/** The highest bar. A batch that changed anything has some height. */
const HIGH = 26;
const LOW = 2;

export interface Bar {
  version: number;
  /** Records that were added, changed or removed. */
  changed: number;
  height: number;
  at: string;
}

/** The last batches as bars, the oldest first. `versions` are as they are listed: the newest first. */
export function barsOf(versions: DatasetVersion[]): Bar[] {
  const last = versions.slice(0, DRAWN).reverse();
  const sizes = last.map(({ added, changed, removed }) => added + changed + removed);
  const top = Math.max(...sizes, 1);
  return last.map(({ version, at }, place) => {
    const changed = sizes[place] ?? 0;
    // By the root, so that small batches are seen beside the first, which brought everything.
    const height = changed === 0 ? 0 : Math.max(LOW, Math.sqrt(changed / top) * HIGH);
    return { version, changed, height, at: absolute(at) };
  });
}
