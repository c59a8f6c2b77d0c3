import { useSearchParams } from 'react-router';

/** What the address will be once this moment's changes are drawn: each builds on those before it. */
let coming: URLSearchParams | null = null;

/** A filter whose values stand in the address, under their names. */
export function useFilter<Name extends string>(names: readonly Name[]) {
  const [search, setSearch] = useSearchParams();
  const filter = Object.fromEntries(names.map((name) => [name, search.get(name) ?? undefined])) as Partial<
    Record<Name, string>
  >;
  const change = (name: Name | 'open', value?: string) => {
    const next = new URLSearchParams(coming ?? search);
    if (value) next.set(name, value);
    else next.delete(name);
    if (!coming) queueMicrotask(() => (coming = null));
    coming = next;
    setSearch(next);
  };
  return { filter, change, open: search.get('open') };
}
