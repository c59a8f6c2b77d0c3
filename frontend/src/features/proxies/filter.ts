import { useFilter } from '@/hooks/use-filter';

const NAMES = ['tab', 'state', 'search', 'host', 'session'] as const;

/** What is looked at stands in the address. */
export const usePoolFilter = () => useFilter(NAMES);
