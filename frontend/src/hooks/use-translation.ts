import { useSyncExternalStore } from 'react';
import { listen, translation } from '@/locales/texts';

/** The texts of the language that is shown, and which that is. */
export const useTranslation = () => useSyncExternalStore(listen, translation);
