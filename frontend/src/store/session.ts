import { create } from 'zustand';
import type { User } from '@/types/api';

interface Session {
  /** `unknown` until the first renewal has been tried. */
  state: 'unknown' | 'in' | 'out';
  user: User | null;
  /** It ended by itself: whoever was signed in did not ask for it. */
  ended: boolean;
  signIn: (user: User) => void;
  signOut: () => void;
  end: () => void;
}

export const useSession = create<Session>()((set) => ({
  state: 'unknown',
  user: null,
  ended: false,
  signIn: (user) => set({ state: 'in', user, ended: false }),
  signOut: () => set({ state: 'out', user: null, ended: false }),
  end: () => set(({ state }) => ({ state: 'out', user: null, ended: state === 'in' })),
}));
