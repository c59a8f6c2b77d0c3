import { createStore } from 'zustand';
import type { Problem } from '@/types/api';

export interface EditorState {
  /** The text as the server has it. */
  saved: string;
  text: string;
  problems: Problem[];
  /** Whether `problems` speak of `text` as it is now. */
  checked: boolean;
  edit: (text: string) => void;
  judge: (text: string, problems: Problem[]) => void;
  keep: (text: string) => void;
}

/** A store for one editor: two editors share nothing. */
export const createEditorStore = (saved: string, text = saved) =>
  createStore<EditorState>()((set, get) => ({
    saved,
    text,
    problems: [],
    checked: false,
    edit: (next) => set({ text: next, checked: false }),
    judge: (judged, problems) => {
      if (judged === get().text) set({ problems, checked: true });
    },
    keep: (kept) => set({ saved: kept }),
  }));

export type EditorStore = ReturnType<typeof createEditorStore>;
