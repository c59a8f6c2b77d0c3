import { describe, expect, it } from 'vitest';
import { reveal, stretchOf } from '@/hooks/use-window';

describe('a list of which a part is drawn', () => {
  it('has what is in view and some more on both sides', () => {
    expect(stretchOf(0, 300, 30)).toEqual({ first: 0, end: 30 });
    expect(stretchOf(30_000, 300, 30)).toEqual({ first: 980, end: 1030 });
  });

  it('is the same while little is scrolled', () => {
    expect(stretchOf(30_050, 250, 30)).toEqual(stretchOf(30_000, 300, 30));
  });

  it('is scrolled only to what is out of view', () => {
    const box = { scrollTop: 300, clientHeight: 300 } as HTMLElement;
    reveal(box, 12, 30);
    expect(box.scrollTop).toBe(300);
    reveal(box, 100, 30);
    expect(box.scrollTop).toBe(2865);
    reveal(box, 0, 30);
    expect(box.scrollTop).toBe(0);
    reveal(box, -1, 30);
    expect(box.scrollTop).toBe(0);
  });
});
