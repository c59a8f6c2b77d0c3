import { create } from 'zustand';
import type { LocaleCode } from '@/types/api';

export type ThemeMode = 'light' | 'dark';

const KEY = 'wp.preferences';

interface Stored {
  locale: LocaleCode;
  theme: ThemeMode;
  railOpen: boolean;
}

interface Preferences extends Stored {
  set: (change: Partial<Stored>) => void;
}

function defaults(): Stored {
  const chinese = navigator.language.toLowerCase().startsWith('zh');
  const dark = window.matchMedia?.('(prefers-color-scheme: dark)').matches ?? false;
  return { locale: chinese ? 'zh-CN' : 'en', theme: dark ? 'dark' : 'light', railOpen: true };
}

function load(): Stored {
  try {
    return { ...defaults(), ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Stored>) };
  } catch {
    return defaults();
  }
}

/** What this browser remembers of how the interface should look. */
export const usePreferences = create<Preferences>()((set, get) => ({
  ...load(),
  set(change) {
    set(change);
    const { locale, theme, railOpen } = get();
    localStorage.setItem(KEY, JSON.stringify({ locale, theme, railOpen }));
  },
}));
