// Several processes of the platform on one PostgreSQL and one Redis, behind the nginx that ships.
import { execFileSync, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const HOST = 'workflow.example.com';
const NO_LIMITS = `UPDATE plans SET entitlements = '{"executions_per_month":null,"pages_per_month":null,
  "concurrent_executions":null,"proxies":null,"dataset_records":null,"schedule_interval_seconds":null,"history_days":null}'`;

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export function freePort() {
  return new Promise((done, failed) => {
    const server = createServer();
    server.on('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

export async function until(what, met, patience = 20_000) {
  for (const end = Date.now() + patience; Date.now() < end; await pause(50)) if (await met()) return;
  throw new Error(`${what} within ${patience / 1000} s did not come`);
}

export const answers = (url) => fetch(url).then((answer) => answer.ok, () => false);
const listens = (port) =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => socket.end() && done(true));
    socket.on('error', () => done(false));
  });

/** One process; it keeps its ports when it is replaced. */
class Process {
  constructor(fleet, role, name, port, metrics) {
    Object.assign(this, { fleet, role, name, port, metrics, child: null });
  }

  async start() {
    const words = this.role === 'api' ? ['serve', '--role', 'api'] : ['worker'];
    const env = { ...this.fleet.env, API_PORT: `${this.port}`, METRICS_PORT: `${this.metrics}` };
    const log = createWriteStream(join(this.fleet.folder, `${this.name}.log`), { flags: 'a' });
    const child = spawn(this.fleet.binary, words, { cwd: this.fleet.folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.pipe(log, { end: false });
    this.child = child;
    this.ended = new Promise((done) => child.on('exit', (status, signal) => done({ status, signal })));
    const ready = this.role === 'api' ? () => answers(`http://127.0.0.1:${this.port}/health/ready`) : () => listens(this.metrics);
    await until(`${this.name}: readiness`, () => {
      if (child.exitCode !== null) throw new Error(`${this.name} ended: ${this.fleet.log(this.name)}`);
      return ready();
    });
  }

  /** Asks it to end, and gives the milliseconds that took. */
  async stop() {
    const begun = Date.now();
    this.child.kill('SIGTERM');
    const { status, signal } = await this.ended;
    if (status !== 0) throw new Error(`${this.name} ended with ${status ?? signal}: ${this.fleet.log(this.name)}`);
    return Date.now() - begun;
  }
}

export class Fleet {
  constructor(binary) {
    this.binary = resolve(binary);
    this.folder = mkdtempSync(join(tmpdir(), 'fleet-'));
    this.mails = join(this.folder, 'data', 'mail');
    this.processes = [];
  }

  log(name) {
    return readFileSync(join(this.folder, `${name}.log`), 'utf8').split('\n').slice(-20).join('\n');
  }

  /** A database of its own, the schema, and no limits of plans. */
  prepare() {
    const server = new URL(process.env.TEST_DATABASE_URL);
    const database = `fleet_${process.pid}`;
    this.sql(`CREATE DATABASE ${database}`, server.href);
    this.database = new URL(`/${database}`, server).href;
    this.redis = process.env.TEST_REDIS_URL;
    mkdirSync(join(this.folder, 'data'));
    this.env = {
      PATH: process.env.PATH,
      HOME: this.folder,
      DATA_DIR: join(this.folder, 'data'),
      DATABASE_URL: this.database,
      REDIS_URL: this.redis,
      JWT_SECRET_KEY: '5d1c9a7e3b8f42068ac4e1f7920b6d3c',
      LOG_LEVEL: 'warn',
      OUTBOUND_ALLOW: '127.0.0.1',
      RATE_LIMIT_ENABLED: 'false',
      TRUSTED_PROXIES: '127.0.0.1',
    };
    execFileSync(this.binary, ['migrate', 'up'], { cwd: this.folder, env: this.env, stdio: 'pipe' });
    this.sql(NO_LIMITS);
  }

  sql(text, url = this.database) {
    return execFileSync('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', url, '-c', text], { encoding: 'utf8' }).trim();
  }

  async add(role, count) {
    for (let at = 1; at <= count; at += 1) {
      const process = new Process(this, role, `${role}-${at}`, await freePort(), await freePort());
      this.processes.push(process);
      await process.start();
    }
  }

  of(role) {
    return this.processes.filter((process) => process.role === role);
  }

  /** deploy/nginx with these processes behind it and a certificate of its own. */
  async front() {
    const folder = this.folder;
    const file = (name) => join(folder, name);
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`]
        .concat(['-keyout', file('privkey.pem'), '-out', file('fullchain.pem')]),
      { stdio: 'pipe' },
    );
    this.certificate = readFileSync(file('fullchain.pem'));
    this.port = await freePort();
    const [plain, servers] = [await freePort(), this.of('api').map(({ port }) => `    server 127.0.0.1:${port} max_fails=2 fail_timeout=1s;`)];
    const site = readFileSync('deploy/nginx/workflow-platform.conf', 'utf8')
      .replace(/^ *server 127\.0\.0\.1:8001.*$/m, servers.join('\n'))
      .replace(/.*\[::\].*\n/g, '')
      .replaceAll('/etc/nginx/tls', folder)
      .replace('listen 80;', `listen 127.0.0.1:${plain};`)
      .replace('listen 443 ', `listen 127.0.0.1:${this.port} `)
      // All callers of a test have one address.
      .replace('rate=100r/s', 'rate=10000r/s')
      .replace('connections 100;', 'connections 10000;');
    const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((part) => `${part}_temp_path ${file(`temp/${part}`)};`);
    mkdirSync(file('temp'));
    writeFileSync(file('site.conf'), site);
    writeFileSync(
      file('nginx.conf'),
      `worker_processes 1; pid ${file('nginx.pid')}; error_log ${file('nginx.log')}; daemon off; events {}
http { access_log off; ${temp.join(' ')} include ${file('site.conf')}; }\n`,
    );
    this.nginx = spawn('nginx', ['-c', file('nginx.conf')], { stdio: 'inherit' });
    await until('nginx', () => listens(this.port));
  }

  /** Ends everything it started. */
  async close() {
    const ended = this.processes.filter(({ child }) => child && child.exitCode === null && child.signalCode === null);
    for (const { child } of ended) child.kill('SIGTERM');
    await Promise.all(ended.map((process) => process.ended));
    if (this.nginx) {
      const gone = new Promise((done) => this.nginx.on('exit', done));
      if (this.nginx.kill('SIGQUIT')) await gone;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
