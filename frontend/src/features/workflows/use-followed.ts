import { useState } from 'react';

/**
 * What is chosen by its name, also while it gets another one: the text and the address, of which one has its old name
 * and one its new, change one after the other.
 */
export function useFollowed(wanted: string | undefined, names: string[]) {
  const [renamed, setRenamed] = useState<string[]>([]);
  const both = wanted !== undefined && renamed.includes(wanted) ? renamed : [];
  const chosen = [wanted, ...both].find((name) => name !== undefined && names.includes(name));
  return [chosen, (from: string, to: string) => setRenamed([to, from])] as const;
}
