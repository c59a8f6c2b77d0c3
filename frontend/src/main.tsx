import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from '@/app';
import { loadLocale } from '@/locales';
import { onSession, renew } from '@/services/renew';
import { tokens } from '@/services/tokens';
import { usePreferences } from '@/store/preferences';
import { useSession } from '@/store/session';
import { markStyles } from '@/utils/nonce';
import '@/styles.css';

onSession((user) => {
  const { signIn, end } = useSession.getState();
  if (user) signIn(user);
  else end();
});

async function start() {
  const renewed = tokens.refresh() ? renew() : Promise.resolve(false);
  await loadLocale(usePreferences.getState().locale);
  const root = document.getElementById('root');
  if (root) {
    createRoot(root).render(
      <StrictMode>
        <App />
      </StrictMode>,
    );
  }
  if (!(await renewed) && useSession.getState().state === 'unknown') useSession.getState().signOut();
}

markStyles();
void start();
