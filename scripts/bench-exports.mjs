// A million records out of a dataset in each format, and how much memory the server holds at most
// meanwhile, on SQLite and on PostgreSQL.
// Usage: with-services.sh node scripts/bench-exports.mjs BINARY [RECORDS] [--json FILE]
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answers, freePort, pause, until } from './fleet/fleet.mjs';
import { signIn } from './fleet/people.mjs';

const [binary, ...rest] = process.argv.slice(2);
const at = rest.indexOf('--json');
const file = at < 0 ? null : rest.splice(at, 2)[1];
const records = Number(rest[0] ?? 1_000_000);
const LIMIT = 200;
const FORMATS = ['csv', 'jsonl', 'xlsx', 'parquet'];
/** Records of one imported file: taken in well within the time that a request may have. */
const FILE = 10_000;

/** The most that the process held since `forget`, MiB. */
const most = (pid) => Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
const forget = (pid) => writeFileSync(`/proc/${pid}/clear_refs`, '5');

function line(number) {
  return JSON.stringify({
    id: number,
    title: `Volume ${number} of the collected letters, ${number % 7 ? 'bound' : 'unbound'}`,
    author: `author-${number % 5_000}`,
    category: ['novels', 'letters', 'essays', 'maps'][number % 4],
    price: (number % 10_000) / 4,
    updated_at: new Date(1_700_000_000_000 + number * 60_000).toISOString(),
  });
}

async function started(env) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-exports-'));
  const port = await freePort();
  const child = spawn(binary, ['serve'], {
    cwd: folder,
    env: {
      ...process.env, DATABASE_URL: '', REDIS_URL: '', ...env, DATA_DIR: folder, API_HOST: '127.0.0.1',
      API_PORT: String(port), LOG_LEVEL: 'warn', RATE_LIMIT_ENABLED: 'false', JWT_SECRET_KEY: randomBytes(32).toString('hex'),
      BOOTSTRAP_ADMIN_EMAIL: 'root@example.com', BOOTSTRAP_ADMIN_PASSWORD: 'correct horse battery staple',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise((done) => child.once('exit', done));
  const base = `http://127.0.0.1:${port}`;
  await until('the server: health', () => {
    if (child.exitCode !== null) throw new Error('the server did not start');
    return answers(`${base}/health`);
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  return { base, pid: child.pid, stop };
}

/** Calls in the name of whoever looks after the platform, on a plan without a limit of records. */
async function caller(base) {
  const token = await signIn(base, 'root@example.com');
  const call = async (method, path, body, type = 'application/json') => {
    const answer = await fetch(`${base}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': type },
      body: type === 'application/json' ? body && JSON.stringify(body) : body,
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  await call('POST', '/subscription/subscribe', { plan: 'enterprise', interval: 'month' });
  const { data } = await (await call('GET', '/subscription/invoices')).json();
  for (const { id } of data.items) await call('POST', `/subscription/admin/invoices/${id}/settle`);
  return call;
}

async function takeIn(call) {
  await call('POST', '/datasets', { name: 'volumes', key: ['id'] });
  for (let from = 0; from < records; from += FILE) {
    const lines = Array.from({ length: Math.min(FILE, records - from) }, (_, number) => line(from + number));
    await call('POST', '/datasets/volumes/import?format=jsonl', `${lines.join('\n')}\n`, 'application/x-ndjson');
  }
}

/** Takes the file as it comes, and keeps nothing of it. */
async function takeOut(call, pid, format) {
  forget(pid);
  const begun = performance.now();
  const answer = await call('GET', `/datasets/volumes/export?format=${format}`);
  let bytes = 0;
  for await (const piece of answer.body) bytes += piece.length;
  const seconds = (performance.now() - begun) / 1000;
  return { bytes, seconds, records_per_second: records / seconds, resident_mib: most(pid) };
}

async function measure(name, env) {
  const server = await started(env);
  try {
    const call = await caller(server.base);
    const idle = most(server.pid);
    const begun = performance.now();
    await takeIn(call);
    const found = { import: { seconds: (performance.now() - begun) / 1000, resident_mib: most(server.pid) } };
    console.log(`${name}: ${records} records taken in, ${found.import.seconds.toFixed(0)} s, ${found.import.resident_mib.toFixed(0)} MiB (${idle.toFixed(0)} before)`);
    // What the import held goes back within seconds.
    await pause(20_000);
    for (const format of FORMATS) {
      const figures = await takeOut(call, server.pid, format);
      found[format] = { ...figures, beside_limit: figures.resident_mib / LIMIT };
      const size = (figures.bytes / 1024 / 1024).toFixed(0).padStart(5);
      console.log(
        `${name}: ${format.padEnd(8)} ${size} MiB ${figures.seconds.toFixed(0).padStart(5)} s ${figures.records_per_second.toFixed(0).padStart(8)} records/s` +
          `   resident at most ${figures.resident_mib.toFixed(0).padStart(4)} MiB, ${found[format].beside_limit.toFixed(2)} of the limit of ${LIMIT}`,
      );
    }
    return found;
  } finally {
    await server.stop();
  }
}

const figures = { records, limit_mib: LIMIT };
figures.sqlite = await measure('SQLite', {});
figures.postgresql = await measure('PostgreSQL', { DATABASE_URL: process.env.TEST_DATABASE_URL, REDIS_URL: process.env.TEST_REDIS_URL });
if (file) writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`);
