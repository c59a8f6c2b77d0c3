import { useSearchParams } from 'react-router';

/** What the address will be once this moment's changes are drawn: each builds on those before it. */
let coming: URLSearchParams | null = null;

/** A filter whose values stand in the address, under their names. */
export function useFilter<Name extends string>(names: readonly Name[]) {
  const [search, setSearch] = useSearchParams();
  const filter = Object.fromEntries(names.map((name) => [name, search.get(name) ?? undefined])) as Partial<
    Record<Name, string>
  >;
  const changeAll = (values: Partial<Record<Name | 'open', string | undefined>>) => {
    const next = new URLSearchParams(coming ?? search);
    for (const [name, value] of Object.entries(values) as [string, string | undefined][]) {
      if (value) next.set(name, value);
      else next.delete(name);
    }
    if (!coming) queueMicrotask(() => (coming = null));
    coming = next;
    setSearch(next);
  };
  const change = (name: Name | 'open', value?: string) =>
    changeAll({ [name]: value } as Partial<Record<Name | 'open', string>>);
  return { filter, change, changeAll, open: search.get('open') };
}
