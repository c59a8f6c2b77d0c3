import { useSearchParams } from 'react-router';

/** The step that is looked at, as the address has it: graph, timeline and table show the same one. */
export function useChosenStep(): [string | null, (id: string | null) => void] {
  const [search, setSearch] = useSearchParams();
  const choose = (id: string | null) =>
    setSearch(
      (current) => {
        if (id === null) current.delete('step');
        else current.set('step', id);
        return current;
      },
      { replace: true },
    );
  return [search.get('step'), choose];
}
