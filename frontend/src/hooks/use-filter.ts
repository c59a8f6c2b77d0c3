import { useSearchParams } from 'react-router';

/** A filter whose values stand in the address, under their names. */
export function useFilter<Name extends string>(names: readonly Name[]) {
  const [search, setSearch] = useSearchParams();
  const filter = Object.fromEntries(names.map((name) => [name, search.get(name) ?? undefined])) as Partial<
    Record<Name, string>
  >;
  const change = (name: Name | 'open', value?: string) =>
    setSearch((current) => {
      if (value) current.set(name, value);
      else current.delete(name);
      return current;
    });
  return { filter, change, open: search.get('open') };
}
