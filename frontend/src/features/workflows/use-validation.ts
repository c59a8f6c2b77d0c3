import { useEffect, useState } from 'react';
import { workflows } from '@/services/workflows';
import type { EditorStore } from '@/store/editor';

const PAUSE = 350;

/** Has the text checked by the server whenever typing rests. */
export function useValidation(store: EditorStore): { error: unknown } {
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let alive = true;
    const check = async () => {
      const { text, judge } = store.getState();
      try {
        const { problems } = await workflows.validate(text);
        if (!alive) return;
        setError(null);
        judge(text, problems);
      } catch (failure) {
        if (alive) setError(failure);
      }
    };
    const stop = store.subscribe((state, before) => {
      if (state.text === before.text) return;
      clearTimeout(timer);
      timer = setTimeout(check, PAUSE);
    });
    void check();
    return () => {
      alive = false;
      clearTimeout(timer);
      stop();
    };
  }, [store]);
  return { error };
}
