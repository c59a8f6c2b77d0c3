import type { Json } from '@/types/api';

/** Members of an object or list; null for anything else. */
export function entriesOf(value: Json): [name: string, value: Json][] | null {
  if (Array.isArray(value)) return value.map((item, index) => [String(index), item]);
  if (typeof value === 'object' && value !== null) return Object.entries(value);
  return null;
}

/** The path of a member, as expressions spell it: `a.b[0]`. */
export function pathOf(parent: string, name: string, inList: boolean): string {
  if (inList) return `${parent}[${name}]`;
  return parent ? `${parent}.${name}` : name;
}

/** Whether the name, or anything in the value, has the needle (in lower case). */
export function contains(name: string, value: Json, needle: string): boolean {
  if (needle === '' || name.toLowerCase().includes(needle)) return true;
  const entries = entriesOf(value);
  if (!entries) return String(value).toLowerCase().includes(needle);
  return entries.some(([key, child]) => contains(key, child, needle));
}
