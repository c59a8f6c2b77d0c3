import { describe, expect, it } from 'vitest';
import { absolute, compact, duration, elapsed, localTimes, relative, shortId } from '@/utils/format';

describe('a duration', () => {
  it.each([
    [-5, '0ms'],
    [999.4, '999ms'],
    [1000, '1.0s'],
    [9_949, '9.9s'],
    [9_950, '10s'],
    [59_600, '1m'],
    [83_000, '1m 23s'],
    [3_600_000, '1h'],
    [3_601_000, '1h'],
    [90_061_000, '1d 1h'],
  ])('of %d ms is %s', (milliseconds, text) => expect(duration(milliseconds)).toBe(text));
});

describe('the time between', () => {
  const start = '2026-11-23T08:00:00Z';
  const now = Date.parse('2026-11-23T08:00:09Z');
  it('is open until the end', () => expect(elapsed(start, null, now)).toBe(9000));
  it('stays once ended', () => expect(elapsed(start, '2026-11-23T08:00:02Z', now)).toBe(2000));
  it('is not there before the start', () => expect(elapsed(null, null, now)).toBeNull());
});

describe('a sentence of the server', () => {
  it('has its times as clocks here show them', () => {
    const here = absolute('2026-11-27T03:04:05Z');
    expect(localTimes('Step rest waits until 2026-11-27 03:04:05 UTC')).toBe(`Step rest waits until ${here}`);
    expect(localTimes('步骤 rest 等待至 2026-11-27 03:04:05 UTC')).toBe(`步骤 rest 等待至 ${here}`);
    expect(localTimes('It is queued for a worker')).toBe('It is queued for a worker');
  });
});

describe('a large number', () => {
  it('is written as people do', () => {
    expect(compact(999, 'en')).toBe('999');
    expect(compact(12_345, 'en')).toBe('12.3K');
    expect(compact(9_999, 'zh-CN')).toBe('9,999');
    expect(compact(12_345, 'zh-CN')).toBe('1.2万');
  });
});

it('a short id is the end that differs', () =>
  expect(shortId('01a2095a-d392-7fa0-95bf-e4a8c84970cc')).toBe('c84970cc'));

it('a time to come is after, not within', () => {
  const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
  expect(relative(at(6), 'zh-CN')).toBe('6 小时后');
  expect(relative(at(-6), 'zh-CN')).toBe('6 小时前');
  expect(relative(at(6), 'en')).toBe('in 6 hours');
});
