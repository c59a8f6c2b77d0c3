import { act, renderHook } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { nextOf, useGradually } from '@/components/canvas/use-gradually';

const things = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => ({ id: `t${from + at}` }));

it('shows a few more in each frame until all are there', () => {
  vi.useFakeTimers({ toFake: ['requestAnimationFrame', 'cancelAnimationFrame'] });
  const { result, rerender } = renderHook(({ wanted }) => useGradually(wanted), {
    initialProps: { wanted: things(0, 40) },
  });
  const counts = [result.current.length];
  for (let frame = 0; frame < 4; frame++) {
    act(() => vi.advanceTimersToNextFrame());
    counts.push(result.current.length);
  }
  expect(counts).toEqual([0, 16, 32, 40, 40]);
  rerender({ wanted: [] });
  expect(result.current).toEqual([]);
  vi.useRealTimers();
});

it('keeps what stays in view, and drops the rest', () => {
  const there = new Set(things(0, 30).map(({ id }) => id));
  const next = nextOf(things(20, 60), there);
  expect(next).toEqual(new Set(things(20, 46).map(({ id }) => id)));
});
