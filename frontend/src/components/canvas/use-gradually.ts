import { useEffect, useMemo, useState } from 'react';

/** How many are made at once: as many as fit into a frame of a slow machine. */
const AT_ONCE = 16;

/** The next ones to be there: those that stay, and a few more. */
export function nextOf<T extends { id: string }>(wanted: T[], there: ReadonlySet<string>): Set<string> {
  const stay = wanted.filter(({ id }) => there.has(id));
  const more = wanted.filter(({ id }) => !there.has(id)).slice(0, AT_ONCE);
  return new Set([...stay, ...more].map(({ id }) => id));
}

/** Of many things that are costly to show, a few more in each frame; what is there already stays. */
export function useGradually<T extends { id: string }>(wanted: T[]): T[] {
  const [there, setThere] = useState<ReadonlySet<string>>(new Set());
  const shown = useMemo(() => wanted.filter(({ id }) => there.has(id)), [wanted, there]);
  useEffect(() => {
    if (shown.length === wanted.length && there.size === wanted.length) return;
    const frame = requestAnimationFrame(() => setThere(nextOf(wanted, there)));
    return () => cancelAnimationFrame(frame);
  }, [wanted, shown, there]);
  return shown;
}
