// Prepares documents for the site: links to files of the repository that are no documents, such as sources, must
// exist and become plain text, since the site has documents only. A line `folder/*` of the navigation stands for
// the documents there that no other line names. Usage: prepare-docs.mjs FOLDER NAVIGATION OUTPUT
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const [folder, navigation, output] = process.argv.slice(2);
const faults = [];
const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.md'));
for (const file of files) {
  const text = readFileSync(join(folder, file), 'utf8');
  const made = text.replace(/\[([^\]]+)\]\(([^)\s]+)\)/g, (whole, words, target) => {
    if (/^([a-z]+:|#|\/)/.test(target)) return whole;
    const path = normalize(join(dirname(file), target.split('#')[0]));
    if (existsSync(join(folder, path)) && /[^/]\.\w+$/.test(path) && !/(^|\/)\./.test(path)) return whole;
    if (!existsSync(path)) faults.push(`${file}: ${target} leads nowhere`);
    return `${words} (\`${path.replace(/\/$/, '')}\`)`;
  });
  if (made !== text) writeFileSync(join(folder, file), made);
}
const settings = readFileSync(navigation, 'utf8');
const isNamed = (file) => new RegExp(`- ${file.replaceAll('.', '\\.')}$`, 'm').test(settings);
const expanded = settings.replace(/^( *)- (\S+)\/\*\n/gm, (_, indent, place) => {
  const inside = files.filter((file) => dirname(file) === place && !isNamed(file)).sort();
  return inside.map((file) => `${indent}- ${file}\n`).join('');
});
writeFileSync(output, expanded);
for (const fault of faults) console.error(fault);
process.exit(faults.length > 0 ? 1 : 0);
