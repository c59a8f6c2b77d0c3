import { create } from 'zustand';
import type { LocaleCode } from '@/types/api';

export type ThemeMode = 'light' | 'dark';
/** What was asked for: `system` is as the device has it. */
export type ThemeChoice = ThemeMode | 'system';

const KEY = 'wp.preferences';

interface Chosen {
  locale: LocaleCode;
  choice: ThemeChoice;
  railOpen: boolean;
}

interface Preferences extends Chosen {
  /** The theme that is shown. */
  theme: ThemeMode;
  set: (change: Partial<Chosen>) => void;
}

const night = window.matchMedia?.('(prefers-color-scheme: dark)');

const shown = (choice: ThemeChoice): ThemeMode => (choice === 'system' ? (night?.matches ? 'dark' : 'light') : choice);

function load(): Chosen {
  const chinese = navigator.language.toLowerCase().startsWith('zh');
  const chosen: Chosen = { locale: chinese ? 'zh-CN' : 'en', choice: 'system', railOpen: true };
  try {
    const { theme, ...rest } = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Chosen> & {
      theme?: ThemeChoice;
    };
    return { ...chosen, ...rest, choice: theme ?? chosen.choice };
  } catch {
    return chosen;
  }
}

const first = load();

/** What this browser remembers of how the interface should look. */
export const usePreferences = create<Preferences>()((set, get) => ({
  ...first,
  theme: shown(first.choice),
  set(change) {
    set({ ...change, ...(change.choice ? { theme: shown(change.choice) } : {}) });
    const { locale, choice, railOpen } = get();
    localStorage.setItem(KEY, JSON.stringify({ locale, theme: choice, railOpen }));
  },
}));

night?.addEventListener?.('change', () => {
  const { choice } = usePreferences.getState();
  usePreferences.setState({ theme: shown(choice) });
});
