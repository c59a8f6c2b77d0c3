import type { Json } from '@/types/api';

export const isExpression = (value: Json | undefined) => typeof value === 'string' && value.includes('${{');

/** Functions of the language that people most often want. */
export const FUNCTIONS = [
  'size()',
  'lower()',
  'upper()',
  'trim()',
  'split()',
  'join()',
  'replace()',
  'toJson()',
  'parseJson()',
];

const LAST_WORD = /[A-Za-z_][\w.]*$/;

/** Names that begin with, or hold, the word at the end. */
export function suggestions(text: string, names: string[]): string[] {
  const word = (LAST_WORD.exec(text.replace(/\s*\}\}\s*$/, ''))?.[0] ?? '').toLowerCase();
  const starts = names.filter((name) => name.toLowerCase().startsWith(word));
  const holds = names.filter((name) => !starts.includes(name) && word !== '' && name.toLowerCase().includes(word));
  return [...starts, ...holds];
}

/** The text with its last word in full. */
export const completeWord = (text: string, name: string) => text.replace(LAST_WORD, '') + name;

/** The same; what was not yet an expression becomes one. */
export function complete(text: string, name: string): string {
  const open = text.replace(/\s*\}\}\s*$/, '').replace(LAST_WORD, '');
  const begun = isExpression(open) ? open : `\${{ ${open}`;
  return `${begun}${name} }}`;
}

const OPEN = /\$\{\{[^}]*$/;

/** Whether an expression within a text was begun and not ended. */
export const isOpen = (text: string) => OPEN.test(text);

/** The text with the word of its open expression in full, and the expression ended. */
export const completeWithin = (text: string, name: string) =>
  `${text.replace(/\s+$/, ' ').replace(LAST_WORD, '')}${name} }}`;
