import { useEffect, useRef } from 'react';
import { PLACES } from '@/features/commands/commands';

/** How long `g` waits for its letter. */
const PATIENCE = 1_500;

const WRITES = 'input, textarea, select, [contenteditable=true], [role=slider], .cm-editor';

const isWriting = (target: EventTarget | null) => target instanceof Element && target.closest(WRITES) !== null;

interface Shortcuts {
  palette: () => void;
  help: () => void;
  go: (to: string) => void;
}

/** Goes into the search of the page, where it has one. */
function intoSearch(): boolean {
  const input = document.querySelector<HTMLInputElement>('main search input, main input[type=search]');
  input?.focus();
  return input !== null;
}

/** The keys that work everywhere but where somebody writes. */
export function useShortcuts(shortcuts: Shortcuts) {
  const last = useRef(shortcuts);
  last.current = shortcuts;
  useEffect(() => {
    let since = Number.NEGATIVE_INFINITY;
    const onKey = (event: KeyboardEvent) => {
      const { palette, help, go } = last.current;
      const done = () => event.preventDefault();
      if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) {
        done();
        return palette();
      }
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
      const waiting = event.timeStamp - since < PATIENCE;
      since = Number.NEGATIVE_INFINITY;
      if (waiting) {
        const place = PLACES.find(({ letter }) => letter === event.key);
        if (place) {
          done();
          go(place.to);
        }
      } else if (event.key === 'g') since = event.timeStamp;
      else if (event.key === '/') {
        done();
        if (!intoSearch()) palette();
      } else if (event.key === '?') {
        done();
        help();
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}
