import { useMutation, useQueryClient } from '@tanstack/react-query';
import { rareKeys } from '@/hooks/rare-keys';

/** A change of the subscription; everything about it is asked anew. */
export function useChange<T>(mutationFn: (wish: T) => Promise<unknown>) {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: rareKeys.plans.all });
  return useMutation<unknown, Error, T>({ mutationFn, onSuccess });
}
