import { useSearchParams } from 'react-router';
import { useFilter } from '@/hooks/use-filter';

const NAMES = ['tab', 'state', 'search', 'host', 'session'] as const;

/** What is looked at stands in the address. */
export function usePoolFilter() {
  const { filter, change, open } = useFilter(NAMES);
  const [, setSearch] = useSearchParams();
  const changeAll = (values: Partial<Record<(typeof NAMES)[number] | 'open', string | undefined>>) =>
    setSearch((current) => {
      for (const [name, value] of Object.entries(values)) {
        if (value) current.set(name, value);
        else current.delete(name);
      }
      return current;
    });
  return { filter, change, changeAll, open };
}
