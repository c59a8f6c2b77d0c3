import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { loadEnv, type Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/**
 * Parts of libraries that nothing here uses and that a bundler cannot know to be unused, with what
 * stands in for them: pop-ups for tooltips that share one bubble, waves around what was clicked,
 * axios's second way to send, its names of status codes, its forms, cookies and old way to cancel,
 * colours by their names, prefixes for browsers of long ago, and English where the component library
 * was given no language, which never is. Palettes are computed instead of written out.
 */
const LEFT_OUT = [
  { from: 'antd/es/config-provider/', part: /\/tooltip\/UniqueProvider$/, instead: './src/utils/pass-through.ts' },
  { from: 'antd/es/', part: /\/_util\/wave$/, instead: './src/utils/pass-through.ts' },
  { from: 'antd/es/', part: /^(\.\.\/)+locale\/en_US$/, instead: './src/utils/nothing.ts' },
  { from: 'antd/es/locale/useLocale', part: /^\.\/en_US$/, instead: './src/utils/nothing.ts' },
  { from: 'axios/lib/axios', part: /\/HttpStatusCode\.js$/, instead: './src/utils/nothing.ts' },
  { from: 'axios/lib/axios', part: /\/CancelToken\.js$/, instead: './src/utils/nothing.ts' },
  { from: 'axios/lib/helpers/', part: /\/cookies\.js$/, instead: './src/utils/nothing.ts' },
  { from: 'axios/lib/adapters/', part: /^\.\/fetch\.js$/, instead: './src/utils/no-adapter.ts' },
  { from: 'axios/lib/', part: /\/formDataToJSON\.js$/, instead: './src/utils/nothing.ts' },
  { from: 'axios/lib/', part: /\/toFormData\.js$/, instead: './src/utils/flat-form.ts' },
  { from: '@ant-design/fast-color/es/', part: /^\.\/presetColors$/, instead: './src/utils/nothing.ts' },
  { from: '@ant-design/colors/es/', part: /^\.\/presets$/, instead: './src/utils/palettes.ts' },
  { from: 'stylis/src/Middleware', part: /^\.\/Prefixer\.js$/, instead: './src/utils/no-prefix.ts' },
];

const leftOut: Plugin = {
  name: 'left-out',
  enforce: 'pre',
  resolveId(source, importer) {
    const found = LEFT_OUT.find(({ from, part }) => part.test(source) && importer?.includes(from));
    return found ? fileURLToPath(new URL(found.instead, import.meta.url)) : null;
  },
};

/** The package names its build for development alone; this one leaves out the warnings. */
const ROUTER = fileURLToPath(new URL('./node_modules/react-router/dist/production/index.mjs', import.meta.url));

const BASE = /\/src\/(services\/http|store\/connection)\.ts$|\/antd\/es\/button\/index\.js$/;

export default defineConfig(({ command, mode }) => {
  const env = loadEnv(mode, process.cwd(), 'VITE_');
  // In development the API is another process; in production it serves these files itself.
  const backend = env.VITE_API_BASE_URL || 'http://127.0.0.1:8001';
  return {
    plugins: [react(), tailwindcss(), leftOut],
    resolve: {
      alias: {
        '@': fileURLToPath(new URL('./src', import.meta.url)),
        ...(command === 'build' ? { 'react-router': ROUTER } : {}),
      },
    },
    server: { port: 5174, strictPort: true, proxy: { '/api': backend } },
    // The content security policy forbids inline scripts; small assets stay files too.
    // The largest chunk is that of charts, which few pages load and no first visit.
    build: {
      target: 'es2022',
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      manifest: true,
      chunkSizeWarningLimit: 700,
      // What every page needs is one file: by itself it falls into many, which compress less.
      rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'base', test: BASE }] } } },
    },
    test: {
      environment: 'jsdom',
      environmentOptions: { jsdom: { url: 'http://localhost/' } },
      setupFiles: ['src/testing/setup.ts'],
      include: ['src/**/*.test.{ts,tsx}'],
      // A machine with much else to do takes many times as long; what hangs is found all the same.
      testTimeout: 60_000,
    },
  };
});
