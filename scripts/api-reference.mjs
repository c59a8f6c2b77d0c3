// An index of all operations of the API document, by subject, in Markdown. Usage: api-reference.mjs OPENAPI
import { readFileSync } from 'node:fs';

const { paths, tags = [], info } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const cell = (text) => (text ?? '').replace(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('<', '&lt;');
const groups = new Map(tags.map(({ name, description }) => [name, { description, lines: [] }]));
let count = 0;
for (const [path, operations] of Object.entries(paths)) {
  for (const [method, operation] of Object.entries(operations)) {
    if (typeof operation !== 'object' || !operation.responses) continue;
    const tag = operation.tags?.[0] ?? 'other';
    if (!groups.has(tag)) groups.set(tag, { lines: [] });
    const rights = (operation.security ?? []).length === 0 ? '' : 'yes';
    groups.get(tag).lines.push(`| \`${method.toUpperCase()}\` | \`${path}\` | ${rights} | ${cell(operation.summary)} |`);
    count += 1;
  }
}
console.log(`# All operations\n\nAll ${count} operations of version ${info.version}, from the [API document](openapi.json). A running platform serves it with examples and forms to try at \`/api/docs\`; [conventions](README.md) hold for all.\n`);
for (const [name, { description, lines }] of groups) {
  if (lines.length === 0) continue;
  console.log(`## ${name}\n`);
  if (description) console.log(`${description}\n`);
  console.log(`| method | path | signed in | what it does |\n|---|---|---|---|\n${lines.join('\n')}\n`);
}
