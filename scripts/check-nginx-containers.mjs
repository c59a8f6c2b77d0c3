// The nginx configurations of containers, in a real nginx: names are looked up again when a container moves,
// WebSockets and event streams pass, and the web interface from files answers as the platform does.
// Usage: check-nginx-containers.mjs, with the platform's address in E2E_BASE_URL.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { Agent, request as secureRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort, pause } from './fleet/fleet.mjs';
import { names } from './fleet/names.mjs';

const folder = mkdtempSync(join(tmpdir(), 'nginx-'));
const file = (name) => join(folder, name);
const platform = new URL(process.env.E2E_BASE_URL);
const [plain, secure, files, filesOfPeer] = [await freePort(), await freePort(), await freePort(), await freePort()];

// A peer on an address of its own that takes WebSockets and sends events one by one.
const peer = createServer((asked, answer) => {
  if (asked.url !== '/api/events') return void answer.end('peer');
  answer.writeHead(200, { 'content-type': 'text/event-stream' });
  answer.write('data: first\n\n');
  setTimeout(() => answer.end('data: second\n\n'), 1000);
});
peer.on('upgrade', (asked, socket) => {
  socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
  socket.on('data', (data) => socket.end(data));
});
await new Promise((done) => peer.listen(0, '127.0.0.2', done));
const resolver = await names('127.0.0.2');

function fill(path, variables) {
  const text = readFileSync(path, 'utf8').replace(/\$\{([A-Z_]+)\}/g, (whole, name) => variables[name] ?? whole);
  return text.replace('resolver 127.0.0.11', `resolver 127.0.0.1:${resolver.port}`).replace(/.*\[::\].*\n/g, '');
}
const upstream = `api.test:${peer.address().port}`;
const front = (port, api) =>
  fill('deploy/docker/frontend.conf.template', { NGINX_LOCAL_RESOLVERS: `127.0.0.1:${resolver.port}`, API_UPSTREAM: api })
    .replace('listen 8080', `listen 127.0.0.1:${port}`)
    .replace('/usr/share/nginx/html', resolve('frontend/dist'))
    .replaceAll('workflow_platform', `front_${port}`);
const sites = [
  fill('deploy/compose/nginx.conf', { PLATFORM_UPSTREAM: upstream })
    .replaceAll('/etc/nginx/tls', folder)
    .replace('listen 80;', `listen 127.0.0.1:${plain};`)
    .replace('listen 443 ', `listen 127.0.0.1:${secure} `),
  front(files, platform.host),
  front(filesOfPeer, upstream),
];
const certificate = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=workflow.example.com'];
execFileSync('openssl', [...certificate, '-keyout', file('privkey.pem'), '-out', file('fullchain.pem')], { stdio: 'pipe' });
const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((part) => `${part}_temp_path ${file(`temp/${part}`)};`);
mkdirSync(file('temp'));
writeFileSync(
  file('nginx.conf'),
  `worker_processes 1; pid ${file('pid')}; error_log ${file('log')}; daemon off; events {}
http { include /etc/nginx/mime.types; access_log off; ${temp.join(' ')}\n${sites.join('\n')} }\n`,
);

const agent = new Agent({ rejectUnauthorized: false });
function ask(port, path, headers = {}) {
  const [send, more] = port === secure ? [secureRequest, { agent }] : [request, {}];
  return new Promise((done, failed) => {
    const sent = send({ host: '127.0.0.1', port, path, headers: { host: 'workflow.example.com', ...headers }, ...more }, async (answer) => {
      const parts = [];
      for await (const part of answer.setEncoding('utf8')) parts.push({ part, at: performance.now() });
      done({ status: answer.statusCode, headers: answer.headers, parts, text: parts.map(({ part }) => part).join('') });
    });
    sent.on('upgrade', (answer, socket) => {
      socket.setEncoding('utf8').on('data', (text) => done({ status: answer.statusCode, text }));
      socket.write('hello');
    });
    sent.on('error', failed).end();
  });
}
const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };

async function passesOn(port, what) {
  const opened = await ask(port, '/api/socket', upgrade);
  assert.deepEqual([opened.status, opened.text], [101, 'hello'], `${what}: a WebSocket`);
  const { parts } = await ask(port, '/api/events');
  assert.ok(parts.length === 2 && parts[1].at - parts[0].at > 500, `${what}: events came together`);
}

/** What a page or file says of itself, without what differs from server to server and page to page. */
function manners({ status, headers }) {
  const own = ['date', 'server', 'connection', 'content-length', 'transfer-encoding', 'etag', 'last-modified', 'accept-ranges', 'x-request-id', 'vary', 'access-control-expose-headers'];
  const kept = Object.entries(headers).filter(([name]) => !own.includes(name) && !name.startsWith('ratelimit'));
  const text = (value) => value.replace(/nonce-\w+/, 'nonce').replace('text/javascript', 'application/javascript').replace(/; ?charset=utf-8/i, '');
  return { status, ...Object.fromEntries(kept.map(([name, value]) => [name, text(value)]).sort()) };
}

async function checkFiles() {
  const asset = readdirSync('frontend/dist/assets').find((name) => name.endsWith('.js'));
  for (const path of ['/', '/workflows/1', `/assets/${asset}`]) {
    assert.deepEqual(manners(await ask(files, path)), manners(await ask(platform.port, path)), path);
  }
  const page = await ask(files, '/login');
  const nonce = /nonce-(\w+)/.exec(page.headers['content-security-policy'])[1];
  assert.ok(page.text.includes(nonce) && !page.text.includes('__CSP_NONCE__'), 'the page has the nonce of its policy');
  assert.equal((await ask(files, '/assets/none.js')).status, 404);
  assert.equal((await ask(files, '/metrics')).status, 404);
  assert.equal((await ask(files, '/health/ready')).status, 200);
  assert.match((await ask(files, '/api/v1/nothing')).text, /"success":false/);
}

const nginx = spawn('nginx', ['-c', file('nginx.conf')], { stdio: 'inherit' });
try {
  for (let turn = 0; !(await ask(files, '/').catch(() => null)); turn += 1) {
    if (nginx.exitCode !== null || turn > 100) throw new Error(`nginx did not start: ${readFileSync(file('log'), 'utf8')}`);
    await pause(50);
  }
  await passesOn(secure, 'compose');
  await passesOn(filesOfPeer, 'web interface');
  await checkFiles();
  // The container moves: nobody is at the former address, and names lead to another one.
  await new Promise((done) => peer.close(done) && peer.closeAllConnections());
  await new Promise((done) => peer.listen(Number(upstream.split(':')[1]), '127.0.0.3', done));
  assert.equal((await ask(secure, '/api/x')).status, 502, 'nobody is there any more');
  resolver.point('127.0.0.3');
  await pause(6000);
  for (const port of [secure, filesOfPeer]) assert.equal((await ask(port, '/api/x')).text, 'peer', `port ${port} found the new address`);
  console.log('nginx in containers: names are looked up again, WebSockets and events pass, the web interface is as the platform serves it');
} finally {
  nginx.kill('SIGQUIT');
  await new Promise((done) => (nginx.exitCode === null ? nginx.on('exit', done) : done()));
  resolver.close();
  peer.close();
  peer.closeAllConnections();
  rmSync(folder, { recursive: true });
}
