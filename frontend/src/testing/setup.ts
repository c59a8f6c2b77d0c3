// Before each test: texts in English, nobody signed in, and a server that answers only what the
// test says.
import { cleanup, configure } from '@testing-library/react';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { loadLocale } from '@/locales';
import { tokens } from '@/services/tokens';
import { server } from '@/testing/server';

// Forms ask how wide the window is; here there is none.
window.matchMedia ??= (query) =>
  ({
    matches: false,
    media: query,
    addEventListener() {},
    removeEventListener() {},
    addListener() {},
    removeListener() {},
  }) as unknown as MediaQueryList;

// Nor does anything here have a size that could change.
window.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

// What is waited for comes later on a machine with much else to do.
configure({ asyncUtilTimeout: 20_000 });

// As in the application, a language is there before modules add to it.
await loadLocale('en');
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
beforeEach(async () => {
  localStorage.clear();
  tokens.forget();
  await loadLocale('en');
});
afterEach(() => {
  cleanup();
  server.resetHandlers();
});
afterAll(() => server.close());
