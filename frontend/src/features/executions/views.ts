import { create } from 'zustand';

/** A filter with a name, as the address has it. */
export interface View {
  name: string;
  search: string;
}

const KEY = 'wp.views';
const MOST = 20;

function load(): View[] {
  try {
    const known: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(known)
      ? known.filter((one) => typeof one?.name === 'string' && typeof one?.search === 'string')
      : [];
  } catch {
    return [];
  }
}

interface Views {
  views: View[];
  keep: (view: View) => void;
  forget: (name: string) => void;
}

/** Views that this browser keeps, the newest last; a name has one. */
export const useViews = create<Views>()((set, get) => {
  const put = (views: View[]) => {
    set({ views });
    localStorage.setItem(KEY, JSON.stringify(views));
  };
  return {
    views: load(),
    keep: (view) => put([...get().views.filter(({ name }) => name !== view.name), view].slice(-MOST)),
    forget: (name) => put(get().views.filter((one) => one.name !== name)),
  };
});
