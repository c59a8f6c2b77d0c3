import { useEffect, useState } from 'react';
import { useLocation } from 'react-router';
import { guardWith } from '@/router/history';

/** Stops leaving while there are unsaved changes, until somebody says `leave` or `stay`. */
export function useLeaveGuard(dirty: () => boolean) {
  const { pathname } = useLocation();
  const [go, setGo] = useState<(() => void) | null>(null);
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      if (dirty()) event.preventDefault();
    };
    window.addEventListener('beforeunload', ask);
    const open = guardWith((path, later) => {
      if (!dirty() || path.split(/[?#]/)[0] === pathname) return true;
      setGo(() => later);
      return false;
    });
    return () => {
      window.removeEventListener('beforeunload', ask);
      open();
    };
  }, [dirty, pathname]);
  const leave = () => {
    go?.();
    setGo(null);
  };
  return { asked: go !== null, leave, stay: () => setGo(null) };
}
