import type { DraftDiff } from '@/types/api';

export interface Touched {
  added: string[];
  changed: string[];
  removed: string[];
  /** Parts of the workflow beside its steps, such as its parameters. */
  others: string[];
}

type Change = DraftDiff['changes'][number];

const LIST = /^(?:steps|on_failure|finally)(?:\.([^.]+)(\..+)?)?$/;

const absent = (value: unknown) => value === null || value === undefined;

const ids = (value: unknown) =>
  Array.isArray(value) ? value.map((step: unknown) => String((step as { id?: unknown } | null)?.id ?? '')) : [];

/** The steps that changes are about. A step of another name is one removed and one added. */
export function touchedBy(changes: Change[]): Touched {
  const found = { added: new Set<string>(), changed: new Set<string>(), removed: new Set<string>() };
  const others = new Set<string>();
  for (const { path, before, after } of changes) {
    const [whole, step, within] = LIST.exec(path) ?? [];
    if (whole === undefined) {
      others.add(path.split('.')[0] ?? path);
    } else if (step === undefined) {
      // A list that came or went as a whole.
      for (const id of ids(after)) found.added.add(id);
      for (const id of ids(before)) found.removed.add(id);
    } else if (!within && absent(before)) {
      found.added.add(step);
    } else if (!within && absent(after)) {
      found.removed.add(step);
    } else {
      found.changed.add(step);
    }
  }
  const [added, changed, removed] = [[...found.added], [...found.changed], [...found.removed]];
  return { added, changed, removed, others: [...others] };
}
