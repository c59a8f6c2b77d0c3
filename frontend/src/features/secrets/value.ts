import type { Json } from '@/types/api';

export type Kind = 'text' | 'json';

/** How a value is best written. */
export const kindOf = (value: Json | undefined): Kind =>
  value === undefined || typeof value === 'string' ? 'text' : 'json';

export const writtenOf = (value: Json | undefined): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value, null, 2);

export const readOf = (kind: Kind, written: string): Json =>
  kind === 'text' ? written : (JSON.parse(written) as Json);
