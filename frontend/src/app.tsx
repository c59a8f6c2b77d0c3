import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { ConfigProvider } from 'antd';
import { useEffect, useState } from 'react';
import { ThemeVariables } from '@/components/ThemeVariables';
import { antdLocale, loadLocale } from '@/locales';
import { Pages } from '@/router';
import { ApiError } from '@/services/api-error';
import { usePreferences } from '@/store/preferences';
import { useSession } from '@/store/session';
import { nonce } from '@/utils/nonce';
import { DARK_THEME, LIGHT_THEME } from '@/utils/theme';

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
});

export function App() {
  const { locale, theme: mode } = usePreferences();
  const user = useSession((session) => session.user?.id);
  const [shown, setShown] = useState(locale);
  useEffect(() => {
    void loadLocale(locale).then(() => setShown(locale));
    // What the server says is said in the language of the request.
    void client.invalidateQueries();
  }, [locale]);
  // One user's data is never shown to the next.
  useEffect(() => {
    if (!user) client.clear();
  }, [user]);
  return (
    <ConfigProvider
      csp={{ nonce: nonce() }}
      locale={antdLocale(shown)}
      theme={mode === 'dark' ? DARK_THEME : LIGHT_THEME}
      button={{ autoInsertSpace: false }}
    >
      <ThemeVariables mode={mode} />
      <QueryClientProvider client={client}>
        <Pages />
      </QueryClientProvider>
    </ConfigProvider>
  );
}
