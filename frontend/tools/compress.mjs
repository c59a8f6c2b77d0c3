// Compresses what the build left as well as can be: NAME.br and NAME.gz beside NAME, which the server
// sends in its place. The page itself is left out, since it is another for every visit.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const KINDS = /\.(js|css|svg|json|txt|webmanifest)$/;

const WAYS = {
  br: (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: {
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  gz: (bytes) => promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }),
};

const files = readdirSync(dist, { recursive: true }).filter((name) => KINDS.test(name) && !name.startsWith('.'));
await Promise.all(
  files.map(async (name) => {
    const bytes = readFileSync(join(dist, name));
    for (const [suffix, compress] of Object.entries(WAYS)) {
      const smaller = await compress(bytes);
      if (smaller.length < bytes.length) writeFileSync(join(dist, `${name}.${suffix}`), smaller);
    }
  }),
);
