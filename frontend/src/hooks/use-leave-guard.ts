import { useEffect } from 'react';
import { useBlocker } from 'react-router';

/** Stops leaving while there are unsaved changes. The caller asks and proceeds or resets. */
export function useLeaveGuard(dirty: () => boolean) {
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      if (dirty()) event.preventDefault();
    };
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [dirty]);
  return useBlocker(
    ({ currentLocation, nextLocation }) => dirty() && currentLocation.pathname !== nextLocation.pathname,
  );
}
