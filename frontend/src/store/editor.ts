import { createStore } from 'zustand';
import type { Problem } from '@/types/api';

export interface EditorState {
  /** The text as the server has it. */
  saved: string;
  /** The version that `saved` is; none for a new workflow. */
  version: number | undefined;
  text: string;
  problems: Problem[];
  /** Whether `problems` speak of `text` as it is now. */
  checked: boolean;
  edit: (text: string) => void;
  judge: (text: string, problems: Problem[]) => void;
  keep: (text: string, version: number | undefined) => void;
  /**
   * Hears of a version of the server. While nothing was written it is gone on with, and the answer is yes; else
   * what was written stays with the version it was made from, and saving tells of the other.
   */
  hear: (text: string, version: number | undefined) => boolean;
}

/** A store for one editor: two editors share nothing. */
export const createEditorStore = (saved: string, text = saved, version?: number) =>
  createStore<EditorState>()((set, get) => ({
    saved,
    version,
    text,
    problems: [],
    checked: false,
    edit: (next) => set({ text: next, checked: false }),
    judge: (judged, problems) => {
      if (judged === get().text) set({ problems, checked: true });
    },
    keep: (kept, of) => set({ saved: kept, version: of }),
    hear: (told, of) => {
      const { saved: known, version: from, text: now } = get();
      if (of === from || now !== known) return false;
      set({ saved: told, version: of });
      return true;
    },
  }));

export type EditorStore = ReturnType<typeof createEditorStore>;
