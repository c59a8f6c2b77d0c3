import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { ConfigProvider, theme } from 'antd';
import { useEffect, useState } from 'react';
import { ThemeVariables } from '@/components/ThemeVariables';
import { antdLocale, loadLocale } from '@/locales';
import { Pages } from '@/router';
import { ApiError } from '@/services/api-error';
import { usePreferences } from '@/store/preferences';
import { useSession } from '@/store/session';
import { nonce } from '@/utils/nonce';

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
});

const still = window.matchMedia?.('(prefers-reduced-motion: reduce)').matches ?? false;
const SHARED = { borderRadius: 6, fontSize: 14, wireframe: false, motion: !still };
const LIGHT = {
  ...SHARED,
  colorPrimary: '#2a5bd7',
  colorLink: '#2a5bd7',
  colorError: '#cf1322',
  colorBgLayout: '#f5f6f8',
  colorTextDescription: 'rgba(0,0,0,0.6)',
  colorTextPlaceholder: 'rgba(0,0,0,0.55)',
};
const DARK = {
  ...SHARED,
  colorPrimary: '#4874e0',
  colorPrimaryText: '#8fb0ff',
  colorLink: '#8fb0ff',
  colorError: '#ff7875',
  colorBgBase: '#12151a',
  colorTextBase: '#e8eaee',
  colorBgLayout: '#0d1014',
  colorBgContainer: '#171b21',
  colorBgElevated: '#1e232b',
  colorTextDescription: 'rgba(232,234,238,0.66)',
  colorTextPlaceholder: 'rgba(232,234,238,0.6)',
};

// The paler blue that buttons have by themselves under the pointer is hard to read.
const LIGHT_THEME = {
  algorithm: theme.defaultAlgorithm,
  token: { ...LIGHT, colorLinkHover: '#1d45b0' },
  components: {
    Button: {
      colorPrimaryHover: '#1d45b0',
      defaultHoverColor: LIGHT.colorPrimary,
      defaultHoverBorderColor: LIGHT.colorPrimary,
    },
  },
};
// Red that can be read on the dark is too pale for white letters on it.
const DARK_THEME = {
  algorithm: theme.darkAlgorithm,
  token: DARK,
  components: {
    Button: { colorPrimaryHover: '#2f5fd0', dangerColor: '#170d0d' },
    Tabs: {
      itemSelectedColor: '#8fb0ff',
      itemHoverColor: '#8fb0ff',
      itemActiveColor: '#8fb0ff',
      inkBarColor: '#8fb0ff',
    },
  },
};

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
