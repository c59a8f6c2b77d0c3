import { useRef } from 'react';

interface Known {
  names: string[];
  keys: string[];
}

/** Keys of items: of one that got another name in its place it is the same. */
export function nextKeys({ names: before, keys }: Known, names: string[]): string[] {
  const stay = names.map((name) => keys[before.indexOf(name)]);
  const taken = new Set(stay);
  return names.map((name, place) => {
    const gone = before.length === names.length && !names.includes(before[place] ?? '');
    let key = stay[place] ?? (gone ? keys[place] : undefined) ?? name;
    while (stay[place] === undefined && taken.has(key)) key += "'";
    taken.add(key);
    return key;
  });
}

/** Keys by the names of items, so that what is renamed stays the same element, and keeps the focus. */
export function useStableKeys(names: string[]): string[] {
  const known = useRef<Known>({ names: [], keys: [] });
  known.current = { names, keys: nextKeys(known.current, names) };
  return known.current.keys;
}
