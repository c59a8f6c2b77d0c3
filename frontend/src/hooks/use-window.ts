import { type RefObject, useEffect, useState } from 'react';
import { flushSync } from 'react-dom';

/** Rows that are drawn beyond what is in view, on both sides. */
const AHEAD = 20;
/** On paper there is nothing to scroll. */
const ON_PAPER = 2000;

export interface Stretch {
  first: number;
  /** The first that is not drawn any more. */
  end: number;
}

/** The rows to draw where so much of a list of equal rows is in view; by tens, so that not every pixel draws. */
export function stretchOf(top: number, height: number, row: number): Stretch {
  const first = Math.floor(top / row / 10) * 10 - AHEAD;
  const end = Math.ceil((top + height) / row / 10) * 10 + AHEAD;
  return { first: Math.max(0, first), end };
}

/** Which rows of a list of rows, all equally high, are to be drawn in the box that scrolls. */
export function useWindow(box: RefObject<HTMLElement | null>, count: number, row: number): Stretch {
  const [stretch, setStretch] = useState<Stretch>({ first: 0, end: 2 * AHEAD });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => {
      const next = stretchOf(element.scrollTop, element.clientHeight, row);
      setStretch((known) => (known.first === next.first && known.end === next.end ? known : next));
    };
    const unfold = () => flushSync(() => setStretch({ first: 0, end: ON_PAPER }));
    const watch = new ResizeObserver(look);
    watch.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    addEventListener('beforeprint', unfold);
    addEventListener('afterprint', look);
    return () => {
      watch.disconnect();
      element.removeEventListener('scroll', look);
      removeEventListener('beforeprint', unfold);
      removeEventListener('afterprint', look);
    };
  }, [box, row]);
  const end = Math.min(count, stretch.end);
  return { first: Math.min(stretch.first, end), end };
}

/** Brings a row into view, in the middle when it was outside. */
export function reveal(box: HTMLElement | null, index: number, row: number) {
  if (!box || index < 0) return;
  const top = index * row;
  const hidden = top < box.scrollTop || top + row > box.scrollTop + box.clientHeight;
  if (hidden) box.scrollTop = Math.max(0, top - (box.clientHeight - row) / 2);
}
