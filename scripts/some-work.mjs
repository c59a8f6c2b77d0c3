// Has a running server do a little of everything that is measured: workflows that succeed and fail,
// fetches that are answered and refused, a pool with a proxy, a subscription that is paid, a client
// at the gateway port who is not let in.
// Usage: some-work.mjs BASE_URL MAIL_FOLDER [GATEWAY_PORT]
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { connect } from 'node:net';

const [base, mails, gateway] = process.argv.slice(2);
const ROOT = { identifier: 'root@example.com', password: 'correct horse battery' };

async function ask(token, method, path, body) {
  const answer = await fetch(`${base}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  return JSON.parse(text).data;
}

async function signIn(body) {
  const answer = await fetch(`${base}/api/v1/users/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await answer.json()).data.access_token;
}

async function until(look) {
  for (let turn = 0; turn < 400; turn += 1) {
    const found = await look();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error('it did not happen');
}

/** A site with one page, and one that is too busy. */
async function site() {
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/busy' ? 429 : request.url === '/page' ? 200 : 404;
    response.setHeader('content-type', 'text/html');
    response.end('<html><body><h1>A page</h1></body></html>');
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { server, url: `http://127.0.0.1:${server.address().port}` };
}

async function run(token, definition) {
  const { id } = await ask(token, 'POST', '/workflow/definitions', { definition });
  const started = await ask(token, 'POST', '/workflow/executions', { definition_id: id });
  return until(async () => {
    const found = await ask(token, 'GET', `/workflow/executions/${started.id}`);
    return ['succeeded', 'failed', 'cancelled', 'timed_out'].includes(found.status) && found.status;
  });
}

/** A client whose name is not known. */
function knock(port) {
  return new Promise((done, failed) => {
    const socket = connect(port, '127.0.0.1', () => {
      const who = Buffer.from('nobody:nothing').toString('base64');
      socket.write(`CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\nproxy-authorization: Basic ${who}\r\n\r\n`);
    });
    socket.once('data', () => socket.end());
    socket.once('close', done);
    socket.once('error', failed);
  });
}

const token = execFileSync('node', ['scripts/sign-up.mjs', base, mails], { encoding: 'utf8' }).trim();
const root = await signIn(ROOT);
const { server, url } = await site();

const crawled = await run(token, {
  name: 'crawled',
  steps: [
    { id: 'pages', uses: 'crawl.pages', with: { start_urls: [`${url}/page`] } },
    { id: 'once', uses: 'http.request', with: { url: `${url}/page` } },
  ],
});
const refused = await run(token, {
  name: 'refused',
  steps: [{ id: 'busy', uses: 'crawl.pages', with: { start_urls: [`${url}/busy`] }, timeout: '2s' }],
});
const broken = await run(token, {
  name: 'broken',
  steps: [{ id: 'a', uses: 'script.javascript', with: { code: 'throw new Error("no")' } }],
});
const pool = await ask(token, 'POST', '/proxy/pools', { name: 'spare', strategy: 'round_robin' });
await ask(token, 'POST', `/proxy/pools/${pool.id}/import`, { text: 'http://127.0.0.1:9' });
const proxied = await run(token, {
  name: 'proxied',
  steps: [{ id: 'a', uses: 'http.request', with: { url: `${url}/page`, proxy_pool: 'spare', timeout: '2s' } }],
});

await until(() => ask(token, 'GET', '/subscription/current').catch(() => undefined));
await ask(token, 'POST', '/subscription/subscribe', { plan: 'basic', interval: 'month' });
const { items } = await ask(token, 'GET', '/subscription/invoices?status=open');
for (const invoice of items) await ask(root, 'POST', `/subscription/admin/invoices/${invoice.id}/settle`);
if (gateway) await knock(Number(gateway));
server.close();
console.log(`crawled ${crawled}, refused ${refused}, broken ${broken}, proxied ${proxied}, pool ${pool.id}, ${items.length} invoices paid`);
