import type { Translate } from '@/locales/texts';
import type { Plan } from '@/types/api';

const GIB = 1024 ** 3;

/** What a plan includes of something, in words. */
export function amountOf(name: string, value: number | null | undefined, t: Translate, language: string): string {
  if (value == null) return t('plan.unlimited');
  if (name === 'history_bytes') return t('plan.bytes', { count: Math.round(value / GIB) });
  return value.toLocaleString(language);
}

export interface Change {
  name: string;
  from: number | null;
  to: number | null;
}

/** What one plan includes otherwise than another. */
export function changesOf(from: Plan, to: Plan): Change[] {
  const [before, after] = [from.entitlements, to.entitlements] as unknown as Record<
    string,
    number | null | undefined
  >[];
  return Object.keys({ ...before, ...after })
    .map((name) => ({ name, from: before?.[name] ?? null, to: after?.[name] ?? null }))
    .filter((change) => change.from !== change.to);
}
