import { create } from 'zustand';
import type { User } from '@/types/api';

interface Session {
  /** `unknown` until the first renewal has been tried. */
  state: 'unknown' | 'in' | 'out';
  user: User | null;
  signIn: (user: User) => void;
  signOut: () => void;
}

export const useSession = create<Session>()((set) => ({
  state: 'unknown',
  user: null,
  signIn: (user) => set({ state: 'in', user }),
  signOut: () => set({ state: 'out', user: null }),
}));
