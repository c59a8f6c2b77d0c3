import { type RefObject, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';

/** How far beyond what is in view things are drawn and loaded. */
const AHEAD = '1500px 0px';

/** Tells whenever an element comes near what is in view of the box that scrolls, or leaves it. */
export function useNear(
  ref: RefObject<HTMLElement | null>,
  tell: (near: boolean, height: number) => void,
  box?: string,
) {
  const last = useRef(tell);
  last.current = tell;
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const watch = new IntersectionObserver(
      (entries) => {
        const entry = entries.at(-1);
        if (entry) last.current(entry.isIntersecting, entry.boundingClientRect.height);
      },
      { root: box ? element.closest(box) : null, rootMargin: AHEAD },
    );
    watch.observe(element);
    return () => watch.disconnect();
  }, [ref, box]);
}

/** The height to keep free for what is far out of view; undefined for what is to be drawn, as all is on paper. */
export function useFold(ref: RefObject<HTMLElement | null>, box?: string): number | undefined {
  const [height, setHeight] = useState<number>();
  useNear(ref, (near, was) => setHeight((known) => (near ? undefined : (known ?? was))), box);
  useEffect(() => {
    const unfold = () => flushSync(() => setHeight(undefined));
    addEventListener('beforeprint', unfold);
    return () => removeEventListener('beforeprint', unfold);
  }, []);
  return height;
}
