// Every metric that an alert or a dashboard names is recorded somewhere in the sources, every alert
// has its part in the runbook, and every expression of a dashboard is one of Prometheus' language.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const monitoring = 'deploy/monitoring';
const sources = execFileSync('git', ['ls-files', 'workflow-platform/**.rs', 'workflow-platform/*.rs'], {
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

/** Names of series in an expression: words that are followed by a selector or stand alone. */
function metrics(expression) {
  const bare = expression
    .replace(/"(?:[^"\\]|\\.)*"/g, '')
    .replace(/\{[^}]*\}/g, ' ')
    .replace(/\b(?:by|without|on|ignoring)\s*\([^)]*\)/g, ' ')
    .replace(/\[[^\]]*\]/g, ' ');
  return (bare.match(/[a-z_:][a-z0-9_:]*(?!\s*\()\b/g) ?? []).filter((word) => word.includes('_'));
}

const dashboards = readdirSync(`${monitoring}/grafana/dashboards`).map((file) => ({
  file,
  board: JSON.parse(readFileSync(`${monitoring}/grafana/dashboards/${file}`, 'utf8')),
}));
const shown = dashboards.flatMap(({ file, board }) =>
  board.panels.flatMap((panel) => panel.targets.map(({ expr }) => ({ where: `${file}: ${panel.title}`, expr }))),
);
const rules = readFileSync(`${monitoring}/rules/workflow-platform.rules.yml`, 'utf8');
const folded = rules.replace(/expr: >\n((?:\s{10,}.*\n)+)/g, (_, text) => `expr: ${text.replace(/\s+/g, ' ')}\n`);
const alerts = [...folded.matchAll(/expr: (.*)/g)].map(([, expr]) => ({ where: 'rules', expr }));

const faults = [];
const recorded = new Set([...rules.matchAll(/record: (\S+)/g)].map(([, name]) => name));
const known = new Set(['histogram_quantile']);
let seen = 0;
for (const { where, expr } of [...shown, ...alerts]) {
  for (const name of metrics(expr)) {
    if (recorded.has(name) || known.has(name)) continue;
    seen += 1;
    if (!sources.includes(`"${name.replace(/_bucket$/, '')}"`)) faults.push(`${where}: nobody records ${name}`);
  }
}
if (seen < 20) faults.push(`only ${seen} metrics were found`);

const runbook = readFileSync('docs/operations/alerts.md', 'utf8');
for (const [, alert] of rules.matchAll(/alert: (\S+)/g)) {
  if (!runbook.includes(`## ${alert}\n`)) faults.push(`docs/operations/alerts.md says nothing of ${alert}`);
  if (!rules.includes(`docs/operations/alerts.md#${alert.toLowerCase()}\n`)) faults.push(`${alert} has no runbook`);
}

// promtool reads expressions in rules only.
const folder = mkdtempSync(join(tmpdir(), 'dashboards-'));
const lines = shown.map(({ expr }, at) => `      - record: panel:${at}:expr\n        expr: ${JSON.stringify(expr)}`);
writeFileSync(join(folder, 'panels.yml'), `groups:\n  - name: panels\n    rules:\n${lines.join('\n')}\n`);
try {
  execFileSync('promtool', ['check', 'rules', join(folder, 'panels.yml')], { stdio: 'pipe' });
} catch (error) {
  faults.push(`dashboards: ${error.stdout}${error.stderr}`);
} finally {
  rmSync(folder, { recursive: true });
}

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log(`${shown.length} panels and ${alerts.length} rules name ${seen} metrics, all of them recorded`);
