import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from '@/hooks/use-translation';
import { answered, useConnection } from '@/store/connection';

/** How often a server that is away is asked whether it is back. */
const EVERY = 3_000;

function useOnline() {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    addEventListener('online', look);
    addEventListener('offline', look);
    return () => {
      removeEventListener('online', look);
      removeEventListener('offline', look);
    };
  }, []);
  return online;
}

/** Whether the server is there, asked for itself: one request that was lost is no lost connection. */
const isThere = () =>
  fetch('/health/live', { cache: 'no-store' }).then(
    () => true,
    () => false,
  );

/** A thin bar while the server cannot be reached. When it is back, everything in view is asked for anew. */
export function Lost() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const online = useOnline();
  const missed = useConnection((state) => state.missed);
  const [away, setAway] = useState(false);
  useEffect(() => {
    if (!missed && online) return;
    let timer = 0;
    let left = false;
    const ask = async () => {
      const there = await isThere();
      if (left) return;
      setAway(!there);
      if (there) {
        answered(null);
        void client.invalidateQueries();
      } else timer = window.setTimeout(ask, EVERY);
    };
    void ask();
    return () => {
      left = true;
      clearTimeout(timer);
      setAway(false);
    };
  }, [missed, online, client]);
  return (
    <div role="status" className={away ? 'wp-away' : undefined}>
      {away && t(online ? 'commands.lost' : 'commands.offline')}
    </div>
  );
}
