const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** Bytes in the unit that suits them: `1.5 MB`. */
export function size(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const amount = bytes / 1024 ** step;
  return `${step > 0 && amount < 100 ? amount.toFixed(1) : Math.round(amount)} ${UNITS[step]}`;
}
