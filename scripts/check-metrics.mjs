// Every series that an alert or a dashboard asks for is in a scrape of a server that did some work,
// with the labels asked for; every metric of the scrape is explained; every alert has its part in the
// runbook; and every expression of a dashboard is one of Prometheus' language.
// Usage: check-metrics.mjs, with the server's address in E2E_BASE_URL.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const monitoring = 'deploy/monitoring';
const ask = async () => (await fetch(`${process.env.E2E_BASE_URL}/metrics`)).text();
let scrape = await ask();
// What is sampled is there a few seconds after it came to be.
for (let turn = 0; turn < 60 && !scrape.includes('invariant_broken'); turn += 1) {
  await new Promise((done) => setTimeout(done, 500));
  scrape = await ask();
}

/** What the server says: the series by their names, each as its labels. */
const series = new Map();
for (const [, name, labels] of scrape.matchAll(/^([a-z_:][a-z0-9_:]*)(?:\{(.*)\})? \S+$/gm)) {
  const pairs = [...(labels ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, value]) => [label, value]);
  series.set(name, [...(series.get(name) ?? []), new Map(pairs)]);
}

/** Labels that Prometheus itself gives to what it scrapes, and what it says of the scrape. */
const given = new Set(['job', 'instance', 'role']);
const own = new Set(['up', 'scrape_duration_seconds']);

/** What a selector asks for that no scraped series can answer. */
function unanswered(name, selector) {
  const lines = series.get(name) ?? [];
  return [...selector.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g)].flatMap(([, label, how, wanted]) => {
    if (given.has(label)) return [];
    const values = lines.map((labels) => labels.get(label)).filter((value) => value !== undefined);
    if (values.length === 0) return [`${name} has no label ${label}`];
    if (how !== '=') return [];
    // The one pool of PostgreSQL; the server of this check is on SQLite.
    if (name.startsWith('db_pool_') && wanted === 'shared') return [];
    return values.includes(wanted) ? [] : [`${name} never has ${label}="${wanted}"`];
  });
}

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
    if (!series.has(name) && !own.has(name)) faults.push(`${where}: no scrape has ${name}`);
  }
}
for (const { where, expr } of [...shown, ...alerts]) {
  for (const [, name, selector] of expr.matchAll(/([a-z_:][a-z0-9_:]*)\{([^}]*)\}/g)) {
    if (!series.has(name)) continue;
    faults.push(...unanswered(name, selector).map((fault) => `${where}: ${fault}`));
  }
}
if (seen < 20) faults.push(`only ${seen} metrics were found`);

const explained = readFileSync('docs/operations/observability.md', 'utf8');
for (const name of series.keys()) {
  const metric = name.replace(/_(?:bucket|sum|count)$/, '');
  if (!explained.includes(`\`${name}\``) && !explained.includes(`\`${metric}\``)) {
    faults.push(`docs/operations/observability.md says nothing of ${metric}`);
  }
}

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
console.log(`${shown.length} panels and ${alerts.length} rules ask for ${seen} series, all of them in the scrape`);
