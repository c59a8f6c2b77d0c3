import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import relativeTime from 'dayjs/plugin/relativeTime';
import updateLocale from 'dayjs/plugin/updateLocale';

dayjs.extend(relativeTime);
dayjs.extend(updateLocale);
// The library says "within" of a time to come.
dayjs.updateLocale('zh-cn', { relativeTime: { ...dayjs.Ls['zh-cn']?.relativeTime, future: '%s后' } });

export const dayjsLocale = (language: string) => (language === 'en' ? 'en' : 'zh-cn');

export const absolute = (time: string) => dayjs(time).format('YYYY-MM-DD HH:mm:ss');

/** A sentence of the server with its times, which are UTC, as clocks here show them. */
export const localTimes = (sentence: string) =>
  sentence.replace(/(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC/g, (_, day, time) => absolute(`${day}T${time}Z`));

/** To the millisecond. */
export const precise = (time: string) => dayjs(time).format('YYYY-MM-DD HH:mm:ss.SSS');

export const relative = (time: string, language: string) => dayjs(time).locale(dayjsLocale(language)).fromNow();

/** `1m 23s`; below ten seconds with one digit, below one second in milliseconds. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.max(0, Math.round(milliseconds))}ms`;
  if (milliseconds < 9_950) return `${(milliseconds / 1000).toFixed(1)}s`;
  const seconds = Math.round(milliseconds / 1000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount}${unit}`)
    .join(' ');
}

/** Milliseconds between two times, up to `now` while the second is open. */
export function elapsed(start: string | null | undefined, end: string | null | undefined, now: number): number | null {
  if (!start) return null;
  return (end ? Date.parse(end) : now) - Date.parse(start);
}

/** Large numbers in the way of the language: `1.2万`, `12K`. */
export function compact(value: number, language: string): string {
  const limit = language === 'en' ? 1000 : 10_000;
  if (Math.abs(value) < limit) return value.toLocaleString(language);
  return new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 }).format(value);
}

export const exact = (value: number, language: string) => value.toLocaleString(language);

/** The telling end of a time-ordered id. */
export const shortId = (id: string) => id.slice(-8);
