// Writes src/types/api.generated.ts from the API document. The generator wants an older compiler
// than the application and therefore lives in a folder of its own. `--check` only compares.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = new URL('.', import.meta.url);
const document = new URL('../../../docs/api/openapi.json', here);
const target = new URL('../../src/types/api.generated.ts', here);

if (!existsSync(new URL('node_modules', here))) {
  execFileSync('npm', ['ci'], { cwd: fileURLToPath(here), stdio: 'inherit' });
}
const { default: openapi, astToString } = await import('openapi-typescript');
// Only the schemas are used; names of operations, which may repeat, are left out.
const { openapi: version, info, components } = JSON.parse(readFileSync(document, 'utf8'));
const types = astToString(await openapi({ openapi: version, info, paths: {}, components }));
const text = `// Generated from docs/api/openapi.json by \`npm run generate:api\`.\n\n${types}`;
if (process.argv.includes('--check')) {
  const fresh = existsSync(target) && readFileSync(target, 'utf8') === text;
  if (!fresh) console.error('src/types/api.generated.ts is stale: npm run generate:api');
  process.exit(fresh ? 0 : 1);
}
writeFileSync(target, text);
