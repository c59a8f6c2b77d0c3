// How much JavaScript a first visit loads, as compress.mjs made it: the entry, what it imports, one
// language and the heaviest of the pages that people land on. Fails over the limit, which holds for
// gzip too: not every proxy leaves brotli as it is.
import { existsSync, readFileSync, statSync } from 'node:fs';

/** KB. */
const LIMIT = 200;
const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));

const size = (file, suffix) => {
  const smaller = new URL(`${file}.${suffix}`, dist);
  return statSync(existsSync(smaller) ? smaller : new URL(file, dist)).size;
};

function closure(keys, found = new Set()) {
  for (const key of keys) {
    if (found.has(key)) continue;
    found.add(key);
    closure(manifest[key].imports ?? [], found);
  }
  return found;
}

const total = (keys, suffix) =>
  [...closure(keys)]
    .map((key) => manifest[key].file)
    .filter((file) => file.endsWith('.js'))
    .reduce((sum, file) => sum + size(file, suffix), 0);

const find = (name) => {
  const key = Object.keys(manifest).find((one) => one.includes(name));
  if (!key) throw new Error(`the build has no ${name}`);
  return key;
};

const always = ['index.html', find('src/locales/zh-CN'), find('antd/es/locale/zh_CN')];
let over = false;
for (const page of ['sign-in', 'dashboard', 'workflows']) {
  const keys = [...always, find(`src/pages/${page}.tsx`)];
  const [brotli, gzip] = ['br', 'gz'].map((suffix) => total(keys, suffix) / 1024);
  over ||= gzip > LIMIT;
  console.log(`${page}: ${brotli.toFixed(1)} KB as brotli, ${gzip.toFixed(1)} KB as gzip, of ${LIMIT} KB`);
}
process.exit(over ? 1 : 0);
