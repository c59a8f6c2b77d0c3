import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { rareKeys } from '@/hooks/rare-keys';
import { ApiError } from '@/services/api-error';
import { savedViews } from '@/services/saved-views';
import type { SavedView } from '@/types/api';

/** Where a browser kept views before they were kept with the account. */
const KEY = 'wp.views';

type View = Pick<SavedView, 'name' | 'search'>;

function left(): View[] {
  try {
    const known: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(known)
      ? known.filter((one) => typeof one?.name === 'string' && typeof one?.search === 'string')
      : [];
  } catch {
    return [];
  }
}

/** Characters of a name. */
export const LONGEST_NAME = 40;

/** The account's views; those that this browser still keeps are handed over first, once. */
export async function fetchViews(): Promise<SavedView[]> {
  const kept = await savedViews.list();
  for (const { name, search } of left()) {
    if (kept.some((view) => view.name === name)) continue;
    try {
      kept.push(await savedViews.keep(name, search));
    } catch (error) {
      // What is refused would be so every time; what did not arrive is handed over the next time.
      if (!(error instanceof ApiError) || ![409, 422].includes(error.status)) return kept;
    }
  }
  localStorage.removeItem(KEY);
  return kept;
}

/** Views of the account, asked for when they are looked at. */
export function useViews(open: boolean) {
  const client = useQueryClient();
  const queryKey = rareKeys.savedViews;
  const list = useQuery({ queryKey, queryFn: fetchViews, enabled: open });
  const put = (change: (views: SavedView[]) => SavedView[]) =>
    client.setQueryData<SavedView[]>(queryKey, (views = []) => change(views));
  const keep = useMutation({
    mutationFn: ({ name, search }: View) => savedViews.keep(name, search),
    onSuccess: (kept) => put((views) => [...views.filter(({ name }) => name !== kept.name), kept]),
  });
  const forget = useMutation({
    mutationFn: savedViews.forget,
    onSuccess: (_, name) => put((views) => views.filter((one) => one.name !== name)),
  });
  const rename = useMutation({
    // Under the new name first: whatever fails then, the view is there.
    mutationFn: async ({ view, name }: { view: View; name: string }) => {
      const kept = await savedViews.keep(name, view.search);
      await savedViews.forget(view.name);
      return kept;
    },
    onSuccess: (kept, { view: { name } }) => put((views) => views.map((one) => (one.name === name ? kept : one))),
    onError: () => client.invalidateQueries({ queryKey }),
  });
  return { list, keep, forget, rename };
}
