import type { Text } from '@codemirror/state';
import type { Problem } from '@/types/api';

/** The range that a problem marks: from its column to the end of its line. */
export function placeOf(document: Text, { line, column }: Pick<Problem, 'line' | 'column'>) {
  const number = Math.min(Math.max(line ?? 1, 1), document.lines);
  const { from, to, text } = document.line(number);
  const indent = text.length - text.trimStart().length;
  const start = Math.min(from + Math.max((column ?? 1) - 1, indent), to);
  // A mark needs some width to be seen.
  return start < to ? { from: start, to } : { from, to };
}
