import dayjs from 'dayjs';

/** An amount in the currency's minor unit, as it is written in a language. */
export function money(minor: number, currency: string, language: string): string {
  const digits = minor % 100 === 0 ? 0 : 2;
  const style = { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: 2 } as const;
  return (minor / 100).toLocaleString(language, style);
}

/** The day of a time. */
export const day = (time: string | null | undefined) => (time ? dayjs(time).format('YYYY-MM-DD') : '–');
