import { useCallback, useState } from 'react';
import { useNow } from '@/hooks/use-now';

/** Seconds until something may be done again. */
export function useCountdown(): [number, (seconds: number) => void] {
  const [end, setEnd] = useState(0);
  const [running, setRunning] = useState(false);
  const now = useNow(running ? 250 : null);
  const left = Math.max(0, Math.ceil((end - now) / 1000));
  if (running && end > 0 && now >= end) setRunning(false);
  const start = useCallback((seconds: number) => {
    setEnd(Date.now() + seconds * 1000);
    setRunning(true);
  }, []);
  return [running ? left : 0, start];
}
