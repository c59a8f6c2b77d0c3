// How much JavaScript a first visit loads, compressed: the entry, what it imports, one language
// and the heaviest of the pages that people land on. Fails over the limit.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMIT = 200 * 1024;
const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));

const size = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;

function closure(keys, found = new Set()) {
  for (const key of keys) {
    if (found.has(key)) continue;
    found.add(key);
    closure(manifest[key].imports ?? [], found);
  }
  return found;
}

const total = (keys) =>
  [...closure(keys)]
    .map((key) => manifest[key].file)
    .filter((file) => file.endsWith('.js'))
    .reduce((sum, file) => sum + size(file), 0);

const find = (name) => {
  const key = Object.keys(manifest).find((one) => one.includes(name));
  if (!key) throw new Error(`the build has no ${name}`);
  return key;
};

const always = ['index.html', find('src/locales/zh-CN'), find('antd/es/locale/zh_CN')];
let over = false;
for (const page of ['sign-in', 'dashboard', 'workflows']) {
  const bytes = total([...always, find(`src/pages/${page}.tsx`)]);
  over ||= bytes > LIMIT;
  console.log(`${page}: ${(bytes / 1024).toFixed(1)} KB of ${LIMIT / 1024} KB (gzip)`);
}
process.exit(over ? 1 : 0);
