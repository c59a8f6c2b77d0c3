// Asks a running platform with an empty data folder everything once, and writes what it answers
// down as the examples of the API document:
//
//   export BOOTSTRAP_ADMIN_EMAIL=root@example.com BOOTSTRAP_ADMIN_PASSWORD='correct horse battery staple'
//   export RATE_LIMIT_ENABLED=false OUTBOUND_ALLOW=127.0.0.1
//   export STRIPE_SECRET_KEY=sk_test_1 STRIPE_WEBHOOK_SECRET=whsec_examples
//   export STRIPE_RETURN_URL=https://app.example.com/plan STRIPE_API_URL=http://127.0.0.1:18002
//   DATA_DIR=/tmp/examples API_PORT=18001 target/debug/workflow-platform serve &
//   node scripts/record-api-examples.mjs http://127.0.0.1:18001 /tmp/examples
//
// With a third argument, a regular expression, only the operations it fits are written anew:
// `'/subscription/'`. A test compares the examples with the document.
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { totp } from './totp.mjs';

const [base, dataDir, only = ''] = process.argv.slice(2);
const OUTPUT = new URL('../workflow-platform/api_gateway/src/examples.json', import.meta.url);
const examples = {};
let token;

/** Secrets and long texts are no examples. */
function tidy(value, key) {
  if (Array.isArray(value)) return value.slice(0, 2).map((item) => tidy(item));
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, tidy(inner, name)]));
  }
  if (typeof value !== 'string') return value;
  if (['access_token', 'refresh_token'].includes(key)) return 'eyJhbGciOi…';
  if (key?.endsWith('password')) return key === 'new_password' ? 'staple the other battery' : 'correct horse battery staple';
  if (key === 'key' && value.startsWith('wfp_')) return 'wfp_01KGHGbDCjuHuGfGWgjGhb_…';
  if (value.startsWith('whsec_')) return 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  if (key === 'secret') return 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
  if (key === 'uri') return 'otpauth://totp/Workflow%20Platform:grace%40new.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Workflow%20Platform';
  if (key === 'qr_svg') return '<svg …>';
  if (key === 'next_cursor' && value.length > 8) return 'AAY0n2…';
  if (value.startsWith('wps_')) return 'wps_dpmT1IuP…';
  return value.length > 400 ? `${value.slice(0, 400)}…` : value;
}

async function ask(method, path, { at = {}, query = '', body, text, headers = {}, alone = false } = {}) {
  const real = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(at[name]));
  const answer = await fetch(`${base}/api/v1${real}${query}`, {
    method: method.toUpperCase(),
    headers: {
      'accept-language': 'en',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...headers,
    },
    body: body === undefined ? text : JSON.stringify(body),
  });
  const type = answer.headers.get('content-type') ?? '';
  const said = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${real}: ${answer.status} ${said}`);
  if (!alone) {
    const example = (examples[`${method} ${path}`] ??= {});
    if (body !== undefined) example.request = tidy(body);
    if (text !== undefined) example.request = text;
    if (type.includes('json')) example[answer.status] = tidy(JSON.parse(said));
    // Excel and Parquet are no text.
    else if (/csv|jsonl|atom|html|plain|event-stream|octet-stream/.test(type)) example[answer.status] = said.slice(0, 600);
    else if (type.includes('pdf')) example[answer.status] = '%PDF-1.7 …';
  }
  return type.includes('json') ? JSON.parse(said).data : said;
}

const pause = (millis) => new Promise((done) => setTimeout(done, millis));

async function until(look) {
  for (let turn = 0; turn < 200; turn += 1) {
    const found = await look();
    if (found) return found;
    await pause(50);
  }
  throw new Error('it did not happen');
}

/** The code of the mail that `act` sends, another one than those before. */
async function nextCode(before, act) {
  const names = () => (existsSync(join(dataDir, 'mail')) ? readdirSync(join(dataDir, 'mail')).filter((name) => name.endsWith('.eml')) : []);
  const old = new Set(names());
  await act();
  return until(() => {
    const fresh = names().filter((name) => !old.has(name));
    const found = fresh.map((name) => /\b(\d{6})\b/.exec(readFileSync(join(dataDir, 'mail', name), 'utf8').split('\r\n\r\n').slice(1).join('\n'))?.[1]);
    return found.find((code) => code && !before.includes(code));
  });
}

const PASSWORD = 'correct horse battery staple';
const NEXT_PASSWORD = 'staple the other battery';

async function accounts() {
  const email = 'ada@example.com';
  const code = await nextCode([], () => ask('post', '/users/public/send-verification-code', { body: { email, purpose: 'register' } }));
  await ask('get', '/users/auth/check-username', { query: '?username=ada' });
  await ask('get', '/users/auth/check-email', { query: `?email=${email}` });
  await ask('post', '/users/auth/register', { body: { username: 'ada', email, password: PASSWORD, code } });
  const session = await ask('post', '/users/auth/login', { body: { identifier: 'ada', password: PASSWORD } });
  token = session.access_token;
  const next = await ask('post', '/users/auth/refresh', { body: { refresh_token: session.refresh_token } });
  token = next.access_token;
  await ask('get', '/users/me');
  await ask('get', '/subscription/plans');
  await until(() => ask('get', '/subscription/current').catch(() => undefined));
  return { refresh: next.refresh_token };
}

async function self() {
  const login = { identifier: 'ada', password: PASSWORD };
  await ask('post', '/users/auth/login', { alone: true, body: login });
  await ask('put', '/users/me/profile', { body: { locale: 'en' } });
  const sessions = await ask('get', '/users/me/sessions');
  await ask('delete', '/users/me/sessions/{id}', { at: { id: sessions.items.find((one) => !one.current).id } });
  await ask('delete', '/users/me/sessions');
  await ask('post', '/users/me/change-password', { body: { current_password: PASSWORD, new_password: NEXT_PASSWORD } });
}

async function keys() {
  const scopes = ['workflow:read', 'workflow:run'];
  const { api_key } = await ask('post', '/users/me/api-keys', { body: { name: 'build server', scopes } });
  await ask('get', '/users/me/api-keys');
  await ask('put', '/users/me/api-keys/{id}', { at: { id: api_key.id }, body: { name: 'nightly build' } });
  await ask('delete', '/users/me/api-keys/{id}', { at: { id: api_key.id } });
  const view = { at: { name: 'failed' } };
  await ask('put', '/users/me/saved-views/{name}', { ...view, body: { search: 'status=failed' } });
  await ask('get', '/users/me/saved-views');
  await ask('delete', '/users/me/saved-views/{name}', view);
}

/** Somebody who is looked after until they are gone. */
async function leaver(root) {
  const email = 'ben@example.com';
  const code = await nextCode([], () => ask('post', '/users/public/send-verification-code', { alone: true, body: { email, purpose: 'register' } }));
  await ask('post', '/users/auth/register', { alone: true, body: { username: 'ben', email, password: PASSWORD, code } });
  const signIn = () => ask('post', '/users/auth/login', { alone: true, body: { identifier: 'ben', password: PASSWORD } });
  await signIn();
  const { user } = await signIn();
  token = (await ask('post', '/users/auth/login', { alone: true, body: root })).access_token;
  const at = { id: user.id };
  const { items } = await ask('get', '/users/admin/users/{id}/sessions', { at });
  await ask('delete', '/users/admin/users/{id}/sessions/{session_id}', { at: { ...at, session_id: items[0].id } });
  await ask('delete', '/users/admin/users/{id}/sessions', { at });
  await ask('delete', '/users/admin/users/{id}', { at });
}

/** Wants the platform started with BOOTSTRAP_ADMIN_EMAIL=root@example.com and the password below. */
async function administration() {
  const own = token;
  const login = { identifier: 'root@example.com', password: PASSWORD };
  token = (await ask('post', '/users/auth/login', { alone: true, body: login })).access_token;
  const users = await ask('get', '/users/admin/users', { query: '?search=ada' });
  const at = { id: users.items[0].id };
  await ask('get', '/users/admin/users/{id}', { at });
  await ask('put', '/users/admin/users/{id}/role', { at, body: { role: 'user' } });
  await ask('put', '/users/admin/users/{id}/status', { at, body: { status: 'active' } });
  await parkedEvents();
  await ask('get', '/users/me/audit');
  await ask('get', '/users/admin/audit', { query: '?action=user.profile_changed' });
  await leaver(login);
  token = own;
}

/** Answers as Stripe does of one session, which is paid as soon as it is looked at. */
async function stripeOf(port) {
  const session = { id: 'cs_test_a1', object: 'checkout.session', url: 'https://checkout.stripe.com/c/pay/cs_test_a1' };
  const server = createServer(async (request, answer) => {
    let body = '';
    for await (const part of request) body += part;
    const form = new URLSearchParams(body);
    if (request.method === 'POST') {
      session.client_reference_id = form.get('client_reference_id');
      session.amount_total = Number(form.get('line_items[0][price_data][unit_amount]'));
      session.currency = form.get('line_items[0][price_data][currency]');
    }
    const paid = request.method === 'GET';
    answer.setHeader('content-type', 'application/json');
    answer.end(JSON.stringify({ ...session, status: paid ? 'complete' : 'open', payment_status: paid ? 'paid' : 'unpaid' }));
  });
  await new Promise((done) => server.listen(port, '127.0.0.1', done));
  return server;
}

/** A payment at Stripe, and what Stripe tells of it. */
async function payments(at) {
  const stripe = await stripeOf(18002);
  await ask('post', '/subscription/invoices/{id}/pay', { at });
  const body = { id: 'evt_1', object: 'event', type: 'checkout.session.completed', data: { object: { id: 'cs_test_a1', object: 'checkout.session' } } };
  const time = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', 'whsec_examples').update(`${time}.${JSON.stringify(body)}`).digest('hex');
  await ask('post', '/subscription/payments/stripe', { body, headers: { 'stripe-signature': `t=${time},v1=${signature}` } });
  stripe.close();
}

/** What is sold, and to whom. */
async function subscriptions() {
  const own = token;
  const root = (await ask('post', '/users/auth/login', { alone: true, body: { identifier: 'root@example.com', password: PASSWORD } })).access_token;
  token = root;
  const { items } = await ask('get', '/subscription/plans', { alone: true });
  const team = { name_zh: '团队版', name_en: 'Team', rank: 3, prices: [{ interval: 'month', currency: 'CNY', amount_minor: 9900 }], entitlements: items[2].entitlements };
  await ask('put', '/subscription/admin/plans/{code}', { at: { code: 'team' }, body: team });
  await ask('delete', '/subscription/admin/plans/{code}', { at: { code: 'team' } });
  await ask('post', '/subscription/admin/coupons', { body: { code: 'WELCOME10', off: { percent: 10 }, lasts: { periods: 3 }, plans: ['basic', 'pro'] } });
  await ask('get', '/subscription/admin/coupons');
  token = own;
  await ask('post', '/subscription/subscribe', { body: { plan: 'basic', interval: 'month', coupon: 'WELCOME10' } });
  await ask('get', '/subscription/preview', { query: '?plan=pro' });
  await ask('post', '/subscription/upgrade', { body: { plan: 'pro' } });
  await ask('post', '/subscription/downgrade', { body: { plan: 'basic' } });
  await ask('post', '/subscription/resume');
  await ask('post', '/subscription/cancel', { body: { when: 'period_end' } });
  await ask('get', '/subscription/current');
  const invoices = await ask('get', '/subscription/invoices', { query: '?limit=1' });
  const at = { id: invoices.items[0].id };
  await ask('get', '/subscription/invoices/{id}', { at });
  await ask('get', '/subscription/invoices/{id}/pdf', { at });
  const open = await ask('get', '/subscription/invoices', { query: '?status=open', alone: true });
  await payments({ id: open.items.at(-1).id });
  await ask('get', '/subscription/usage');
  const me = await ask('get', '/users/me', { alone: true });
  token = root;
  await ask('get', '/subscription/admin/users/{id}/usage', { at: { id: me.id } });
  await ask('get', '/subscription/admin/invoices', { query: '?status=open&limit=1' });
  await ask('post', '/subscription/admin/invoices/{id}/settle', { at });
  await ask('post', '/subscription/admin/invoices/{id}/refund', { at, body: { amount_minor: 1000, reason: 'goodwill' } });
  await ask('get', '/subscription/admin/refunds', { query: `?invoice=${at.id}` });
  await ask('get', '/subscription/admin/reconciliation');
  await ask('delete', '/subscription/admin/coupons/{code}', { at: { code: 'WELCOME10' } });
  token = own;
  await ask('post', '/subscription/cancel', { alone: true, body: { when: 'now' } });
  const notes = await ask('get', '/subscription/credit-notes', { query: '?limit=1' });
  const note = { id: notes.items[0].id };
  await ask('get', '/subscription/credit-notes/{id}', { at: note });
  await ask('get', '/subscription/credit-notes/{id}/pdf', { at: note });
  token = root;
  await ask('get', '/subscription/admin/credit-notes', { query: '?limit=1' });
  token = own;
}

/** Parks the events of ada's mails, as if her mail server had refused them. */
async function parkedEvents() {
  const sql = `UPDATE outbox SET delivered_at = NULL, parked_at = occurred_at, attempts = 1,
    last_error = 'handler mail.verification_code failed: event handler failed for good: mail was refused: 550 nobody here'
    WHERE kind = 'user.verification_code.requested'`;
  const program = 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()';
  for (const way of ['replay', 'discard']) {
    execFileSync('python3', ['-c', program, join(dataDir, 'workflow-platform.db'), sql]);
    await ask('get', '/system/status');
    await ask('get', '/system/events', { query: '?state=parked&limit=1' });
    const parked = await ask('get', '/system/events/parked');
    const at = { id: parked.items[0].id };
    if (way === 'replay') await ask('post', '/system/events/parked/{id}/replay', { at });
    else await ask('delete', '/system/events/parked/{id}', { at });
  }
}

/** A second factor and another address, of somebody who has just signed up. */
async function security() {
  const own = token;
  const email = 'grace@example.com';
  const codes = [await nextCode([], () => ask('post', '/users/public/send-verification-code', { alone: true, body: { email, purpose: 'register' } }))];
  await ask('post', '/users/auth/register', { alone: true, body: { username: 'grace', email, password: PASSWORD, code: codes[0] } });
  token = (await ask('post', '/users/auth/login', { alone: true, body: { identifier: 'grace', password: PASSWORD } })).access_token;
  await ask('post', '/users/me/step-up', { body: { password: PASSWORD } });
  const new_email = 'grace@new.example';
  const code = await nextCode(codes, () => ask('post', '/users/auth/send-verification-code', { body: { purpose: 'change_email', email: new_email } }));
  await ask('post', '/users/me/change-email', { body: { new_email, code } });
  const { secret } = await ask('post', '/users/me/totp');
  await ask('post', '/users/me/totp/confirm', { body: { totp: totp(secret) } });
  await ask('get', '/users/me');
  await ask('post', '/users/me/recovery-codes');
  await ask('delete', '/users/me/totp');
  await ask('get', '/users/me/export');
  await ask('post', '/users/me/deletion');
  token = (await ask('post', '/users/auth/login', { alone: true, body: { identifier: 'grace', password: PASSWORD } })).access_token;
  await ask('delete', '/users/me/deletion');
  token = own;
}

/** An address gets one code a minute. */
async function forget() {
  await pause(61_000);
  const email = 'ada@example.com';
  const code = await nextCode([], () => ask('post', '/users/public/send-verification-code', { alone: true, body: { email, purpose: 'reset_password' } }));
  await ask('post', '/users/auth/reset-password', { body: { email, code, new_password: PASSWORD } });
}

async function leave(refresh) {
  await ask('post', '/users/auth/logout');
  token = undefined;
  await ask('post', '/users/public/logout', { body: { refresh_token: refresh } });
}

const SOURCE = `name: daily-report
params: {properties: {day: {type: string, default: monday}}}
triggers:
  - {cron: "0 8 * * *", timezone: Asia/Shanghai}
  - {webhook: {reply: finished}}
steps:
  - {id: make, uses: script.javascript, with: {code: "return [{id: 1, day: input}]", input: "\${{ params.day }}"}}
  - {id: save, uses: dataset.upsert, with: {dataset: reports, key: id, records: "\${{ steps.make.output }}"}}
outputs: {added: "\${{ steps.save.output.added }}"}
`;
const EACH = `name: letters
steps:
  - id: each
    uses: script.javascript
    for_each: ["a", "b", "c"]
    on_error: continue
    with: {code: "if (input === 'b') throw new Error('no ' + input); return input + input", input: "\${{ item }}"}
`;
const ASKS = `name: asks-first
steps:
  - {id: approve, uses: wait.signal, with: {message: Publish it?}}
`;
const FAILS = `name: fails
steps:
  - {id: broken, uses: script.javascript, with: {code: "console.log('about to fail'); throw new Error('no such shop')"}}
`;

async function definitions() {
  await ask('get', '/workflow/actions');
  await ask('get', '/workflow/schema');
  await ask('get', '/workflow/templates');
  await ask('get', '/workflow/templates/{name}', { at: { name: 'book-tracker' } });
  await ask('post', '/workflow/definitions/validate', { body: { source: SOURCE.replace('script.javascript', 'script.javascrip') } });
  const { id } = await ask('post', '/workflow/definitions', { body: { source: SOURCE } });
  const draft = { source: SOURCE.replace('monday', 'friday'), from: 1 };
  await ask('post', '/workflow/definitions/{id}/diff', { at: { id }, body: draft });
  await ask('put', '/workflow/definitions/{id}', { at: { id }, body: { ...draft, message: 'On Fridays unless said otherwise' } });
  await ask('get', '/workflow/definitions');
  await ask('get', '/workflow/definitions/{id}', { at: { id } });
  await ask('get', '/workflow/definitions/{id}/versions', { at: { id } });
  await ask('get', '/workflow/definitions/{id}/versions/{version}', { at: { id, version: 1 } });
  await ask('get', '/workflow/definitions/{id}/diff', { at: { id }, query: '?from=1&to=2' });
  await ask('post', '/workflow/definitions/{id}/versions/{version}/restore', { at: { id, version: 1 } });
  return id;
}

async function triggers(definition) {
  const { items } = await ask('get', '/workflow/definitions/{id}/triggers', { at: { id: definition } });
  await ask('get', '/workflow/triggers', { query: '?limit=1' });
  const at = { id: items.find((trigger) => trigger.kind === 'cron').id };
  await ask('post', '/workflow/triggers/{id}/pause', { at });
  await ask('post', '/workflow/triggers/{id}/resume', { at });
  const day = 24 * 3600 * 1000;
  const past = (days) => new Date(Date.now() - days * day).toISOString();
  await ask('post', '/workflow/triggers/{id}/backfill', { at, body: { from: past(2), to: past(0), dry_run: true } });
  await ask('post', '/workflow/triggers/{id}/backfill', { at, body: { from: past(2), to: past(0), max_parallel: 1 } });
  await ask('get', '/workflow/triggers/{id}/ticks', { at });
  await ask('get', '/workflow/triggers/{id}/calendar', { at, query: `?from=${past(2)}&to=${past(-3)}` });
  await ask('get', '/workflow/triggers/calendar', { query: `?from=${past(2)}&to=${past(-3)}&limit=1` });
  const hook = items.find((trigger) => trigger.kind === 'webhook').webhook.path.split('/').pop();
  await ask('post', '/workflow/hooks/{token}', { at: { token: hook }, body: { order: 17 } });
}

async function executions(definition) {
  const ended = (id) =>
    until(async () => {
      const shown = await ask('get', '/workflow/executions/{id}', { at: { id }, alone: true });
      return ['succeeded', 'failed', 'cancelled'].includes(shown.status) && shown;
    });
  const start = (definition_id, more = {}) =>
    ask('post', '/workflow/executions', { body: { definition_id, ...more }, alone: true });
  const first = await ask('post', '/workflow/executions', {
    body: { definition_id: definition, params: { day: 'sunday' }, labels: { team: 'sales' }, priority: 5 },
  });
  await ended(first.id);
  await ask('get', '/workflow/executions', { query: '?label=team:sales&trigger=manual' });
  const hour = 3600 * 1000;
  const from = new Date(Date.now() - hour).toISOString();
  await ask('get', '/workflow/executions/statistics', { query: `?from=${from}` });
  await ask('get', '/workflow/executions/{id}', { at: { id: first.id } });
  await ask('get', '/workflow/executions/{id}/events', { at: { id: first.id } });
  await ask('get', '/workflow/executions/{id}/journal', { at: { id: first.id }, query: '?kind=step.succeeded' });
  await ask('get', '/workflow/executions/{id}/journal/{seq}', { at: { id: first.id, seq: 1 } });
  await ask('get', '/collection/writes', { query: `?execution_id=${first.id}` });
  await ask('get', '/collection/statistics', { query: `?from=${from}` });
  await ask('post', '/workflow/executions/{id}/rerun', { at: { id: first.id }, body: { from_step: 'save' } });
  await ask('post', '/workflow/steps/test', {
    body: { source: SOURCE, step: 'make', params: { day: 'sunday' }, steps: {} },
  });
  const each = await ask('post', '/workflow/definitions', { body: { source: EACH }, alone: true });
  const letters = await start(each.id);
  await ended(letters.id);
  const step = { id: letters.id, step: 'each' };
  await ask('get', '/workflow/executions/{id}/steps/{step}/items', { at: step, query: '?status=failed' });
  await ask('get', '/workflow/executions/{id}/steps/{step}/items/map', { at: step });
  await ask('get', '/workflow/executions/{id}/steps/{step}/items/{index}', { at: { ...step, index: 1 } });
  const asks = await ask('post', '/workflow/definitions', { body: { source: ASKS }, alone: true });
  const asked = await start(asks.id);
  await until(async () => (await ask('get', '/workflow/executions/{id}', { at: { id: asked.id }, alone: true })).status === 'waiting');
  await ask('post', '/workflow/executions/{id}/signal', { at: { id: asked.id }, body: { step: 'approve', decision: 'approve', data: { by: 'phone' } } });
  const cancelled = await start(asks.id);
  await ask('post', '/workflow/executions/{id}/cancel', { at: { id: cancelled.id } });
  const fails = await ask('post', '/workflow/definitions', { body: { source: FAILS }, alone: true });
  const failed = await start(fails.id);
  await ended(failed.id);
  await pause(500);
  await ask('get', '/workflow/executions/{id}/logs', { at: { id: failed.id } });
  await ask('post', '/workflow/executions/{id}/retry', { at: { id: failed.id } });
  await ended(failed.id);
  await ask('post', '/workflow/executions/bulk', { body: { action: 'retry', ids: [failed.id, first.id] } });
}

async function vault() {
  const secret = { name: 'SHOP_API_KEY' };
  await ask('put', '/workflow/secrets/{name}', { at: secret, body: { value: 's3cr3t', description: "Key of the shop's API" } });
  await ask('get', '/workflow/secrets');
  await ask('delete', '/workflow/secrets/{name}', { at: secret });
  const variable = { name: 'region' };
  await ask('put', '/workflow/variables/{name}', { at: variable, body: { value: 'eu-west' } });
  await ask('get', '/workflow/variables');
  await ask('get', '/workflow/variables/{name}', { at: variable });
  await ask('delete', '/workflow/variables/{name}', { at: variable });
}

/** A page of the platform itself, which the server must be allowed to reach, and a decision. */
async function collection() {
  const source = `name: own page\nsteps:\n  - id: page\n    uses: http.request\n    with: {url: "${base}/health"}\n`;
  const { id } = await ask('post', '/workflow/definitions', { body: { source }, alone: true });
  await ask('post', '/workflow/executions', { body: { definition_id: id }, alone: true });
  const { items } = await until(async () => {
    const pages = await ask('get', '/collection/pages', { alone: true });
    return pages.items.length > 0 && pages;
  });
  await ask('get', '/collection/pages');
  const page = { page_id: items[0].id };
  await ask('get', '/collection/pages/{page_id}', { at: page });
  await ask('get', '/collection/pages/{page_id}/content', { at: page });
  const own = token;
  const login = { identifier: 'root@example.com', password: PASSWORD };
  token = (await ask('post', '/users/auth/login', { alone: true, body: login })).access_token;
  const host = { host: 'example.com' };
  const body = { requests_per_second: 0.5, parallel: 1, reason: 'agreed with the owner' };
  await ask('put', '/collection/admin/hosts/{host}', { at: host, body });
  await ask('get', '/collection/admin/hosts');
  await ask('get', '/collection/admin/hosts/{host}', { at: host });
  await ask('delete', '/collection/admin/hosts/{host}', { at: host });
  token = own;
}

const BOOKS = [
  { id: 1, title: '剑来', author: '烽火戏诸侯', price: 39.5 },
  { id: 2, title: '雪中悍刀行', author: '烽火戏诸侯', price: 45 },
];

/** What is done before there are records, and to them. */
async function datasets() {
  const at = { name: 'books' };
  await ask('post', '/datasets', {
    body: { name: 'books', description: 'Books on sale', key: ['id'], columns: [{ name: 'price', type: 'number', label: 'Price' }] },
  });
  await ask('post', '/datasets/{name}/records', { at, body: { records: BOOKS } });
  await ask('post', '/datasets/{name}/records', { at, alone: true, body: { records: [{ ...BOOKS[0], price: 35 }] } });
  const file = 'id,title,author,price\r\n3,择天记,猫腻,42\r\n4,broken\r\n';
  await ask('post', '/datasets/{name}/import', { at, query: '?format=csv', text: file, headers: { 'content-type': 'text/csv' } });
  await ask('put', '/datasets/{name}', {
    at,
    body: { retention: { days: 90, history_days: 365 }, contract: { least_records: 2, most_nulls: { title: 0.1 }, unique: ['title'], schema: true } },
  });
  await ask('get', '/datasets');
  await ask('get', '/datasets/{name}', { at });
  await reading(at);
  await holding(at);
  await sharing(at);
  await ask('delete', '/datasets/{name}/records/{key}', { at: { ...at, key: '3' } });
  await ask('post', '/datasets/{name}/remove', { at, body: { keys: ['2', '99'] } });
}

async function reading(at) {
  const filter = encodeURIComponent(JSON.stringify({ price: { gte: 40 } }));
  await ask('get', '/datasets/{name}/records', { at, query: `?filter=${filter}&sort=price&full=true` });
  await ask('get', '/datasets/{name}/records/{key}', { at: { ...at, key: '1' }, query: '?as_of=1' });
  await ask('get', '/datasets/{name}/records/{key}/history', { at: { ...at, key: '1' } });
  await ask('get', '/datasets/{name}/statistics/{field}', { at: { ...at, field: 'price' } });
  await ask('get', '/datasets/{name}/export', { at, query: '?format=csv' });
  await ask('get', '/datasets/{name}/changes', { at, query: '?after=1' });
  await ask('get', '/datasets/{name}/changes.atom', { at });
  await ask('get', '/datasets/{name}/versions', { at });
}

async function holding(at) {
  const held = async () =>
    (await ask('post', '/datasets/{name}/records', { at, alone: true, body: { records: [{ id: 9, title: null }] } })).batch_id;
  const [one, other] = [await held(), await held()];
  await ask('get', '/datasets/{name}/held', { at });
  await ask('get', '/datasets/{name}/held/{batch_id}', { at: { ...at, batch_id: one } });
  await ask('post', '/datasets/{name}/held/{batch_id}/discard', { at: { ...at, batch_id: one } });
  await ask('post', '/datasets/{name}/held/{batch_id}/release', { at: { ...at, batch_id: other } });
}

async function sharing(at) {
  const body = { label: 'for the shop', columns: ['title', 'price'] };
  const { share, token: link } = await ask('post', '/datasets/{name}/shares', { at, body });
  await ask('get', '/datasets/{name}/shares', { at });
  const mine = token;
  token = undefined;
  for (const path of ['', '/records', '/changes', '/changes.atom']) await ask('get', `/shared/datasets/{token}${path}`, { at: { token: link } });
  await ask('get', '/shared/datasets/{token}/export', { at: { token: link }, query: '?format=csv' });
  token = mine;
  await ask('delete', '/datasets/{name}/shares/{share_id}', { at: { ...at, share_id: share.id } });
}

async function files() {
  const sent = { query: '?name=note.html', text: '<title>…</title>', headers: { 'content-type': 'text/html' } };
  const { id } = await ask('post', '/files', sent);
  await ask('get', '/files');
  await ask('get', '/files/{id}', { at: { id } });
  await ask('get', '/files/{id}/content', { at: { id } });
  await ask('delete', '/files/{id}', { at: { id } });
}

async function proxies() {
  const pool = await ask('post', '/proxy/pools', { body: { name: 'spare', strategy: 'smart' } });
  const at = { id: pool.id };
  await ask('get', '/proxy/pools');
  await ask('get', '/proxy/pools/{id}', { at });
  await ask('put', '/proxy/pools/{id}', { at, body: { parallel_limit: 4, check_every: null } });
  await ask('post', '/proxy/pools/{id}/import', { at, body: { text: 'http://user:secret@192.0.2.7:8080' } });
  const proxy = await ask('post', '/proxy/pools/{id}/proxies', { at, body: { address: 'http://user:secret@1.0.0.1:8080', label: 'spare one' } });
  const one = { ...at, proxy_id: proxy.id };
  await ask('get', '/proxy/pools/{id}/proxies', { at });
  await ask('get', '/proxy/pools/{id}/proxies/{proxy_id}', { at: one });
  await ask('put', '/proxy/pools/{id}/proxies/{proxy_id}', { at: one, body: { cost: 2 } });
  await ask('get', '/proxy/pools/{id}/explain', { at, query: '?host=site.example:443' });
  await ask('get', '/proxy/pools/{id}/hosts', { at });
  await ask('get', '/proxy/pools/{id}/hosts/{host}', { at: { ...at, host: 'site.example:443' } });
  await ask('get', '/proxy/pools/{id}/status', { at });
  await ask('delete', '/proxy/pools/{id}/proxies/{proxy_id}', { at: one });
  const { test } = await ask('post', '/proxy/pools/{id}/test', { at, body: {} });
  const run = { ...at, test_id: test.id };
  await ask('get', '/proxy/pools/{id}/tests', { at });
  await ask('get', '/proxy/pools/{id}/tests/{test_id}', { at: run });
  await ask('get', '/proxy/pools/{id}/tests/{test_id}/results', { at: run });
  await ask('get', '/proxy/pools/{id}/tests/{test_id}/events', { at: run });
  await ask('post', '/proxy/pools/{id}/tests/{test_id}/cancel', { at: run });
  const source = await ask('post', '/proxy/pools/{id}/sources', { at, body: { url: 'https://lists.example/proxies.txt?key=secret' } });
  const list = { ...at, source_id: source.id };
  await ask('get', '/proxy/pools/{id}/sources', { at });
  await ask('get', '/proxy/pools/{id}/sources/{source_id}', { at: list });
  await ask('put', '/proxy/pools/{id}/sources/{source_id}', { at: list, body: { every: 600, enabled: false } });
  await ask('delete', '/proxy/pools/{id}/sources/{source_id}', { at: list });
  await ask('delete', '/proxy/pools/{id}', { at });
}

async function automations() {
  await ask('get', '/automations/events');
  const rule = {
    name: 'Tell me of new books',
    trigger: { event: 'dataset.changed', if: "trigger.event.payload.dataset == 'news' && trigger.event.payload.added > 0" },
    actions: [{ kind: 'notify', title: '${{ trigger.event.payload.added }} new records', body: 'There are ${{ trigger.event.payload.total }} now' }],
  };
  const { id } = await ask('post', '/automations', { body: rule });
  const at = { id };
  await ask('get', '/automations');
  await ask('get', '/automations/{id}', { at });
  await ask('post', '/automations/{id}/disable', { at });
  await ask('post', '/automations/{id}/enable', { at });
  const event = { kind: 'dataset.changed', payload: { dataset: 'news', added: 2, total: 5 } };
  await ask('post', '/automations/dry-run', { body: { automation: rule, event } });
  await ask('post', '/datasets', { alone: true, body: { name: 'news', key: ['id'] } });
  await ask('post', '/datasets/{name}/records', { at: { name: 'news' }, alone: true, body: { records: [{ id: 1 }, { id: 2 }] } });
  const note = await until(async () => (await ask('get', '/notifications')).items[0]);
  await until(async () => (await ask('get', '/automations/{id}/firings', { at })).items.find((one) => one.state === 'done'));
  await ask('post', '/automations/{id}/dry-run', { at, body: { last: 20 } });
  const stop = new AbortController();
  const stream = await fetch(`${base}/api/v1/notifications/events`, { headers: { authorization: `Bearer ${token}` }, signal: stop.signal });
  const { value } = await stream.body.getReader().read();
  stop.abort();
  examples['get /notifications/events'] = { 200: new TextDecoder().decode(value) };
  await ask('get', '/notifications/unread');
  await ask('post', '/notifications/{id}/read', { at: { id: note.id } });
  await ask('post', '/notifications/read');
  await ask('put', '/automations/{id}', { at, body: { ...rule, cooldown_seconds: 3600 } });
  await ask('delete', '/automations/{id}', { at });
  await ask('delete', '/datasets/{name}', { alone: true, at: { name: 'news' } });
}

async function webhooks() {
  const answers = [500];
  const server = createServer((_, answer) => answer.writeHead(answers.shift() ?? 200).end('thank you'));
  await new Promise((listening) => server.listen(18003, '127.0.0.1', listening));
  const body = { url: 'http://127.0.0.1:18003/workflows', description: 'Our chat' };
  const { endpoint } = await ask('post', '/webhooks', { body });
  const at = { id: endpoint.id };
  await ask('post', '/webhooks/{id}/test', { at });
  const path = '/webhooks/{id}/deliveries';
  const sent = await until(async () => (await ask('get', path, { at })).items.find((one) => one.state === 'delivered'));
  const one = { ...at, delivery_id: sent.id };
  await ask('get', `${path}/{delivery_id}`, { at: one });
  await ask('post', `${path}/{delivery_id}/redeliver`, { at: one });
  await ask('post', '/webhooks/{id}/rotate-secret', { at });
  await ask('get', '/webhooks');
  await ask('get', '/webhooks/{id}', { at });
  await ask('put', '/webhooks/{id}', { at, body });
  await ask('delete', '/webhooks/{id}', { at });
  server.close();
}

const { refresh } = await accounts();
await self();
await keys();
await security();
await administration();
await subscriptions();
const definition = await definitions();
await triggers(definition);
await executions(definition);
await vault();
await datasets();
await collection();
await files();
await automations();
await webhooks();
await proxies();
await ask('delete', '/datasets/{name}', { at: { name: 'reports' } });
await ask('delete', '/workflow/definitions/{id}', { at: { id: definition } });
await leave(refresh);
await forget();
const recorded = Object.entries(examples).filter(([operation]) => new RegExp(only).test(operation));
const before = only ? JSON.parse(readFileSync(OUTPUT, 'utf8')) : {};
writeFileSync(OUTPUT, `${JSON.stringify({ ...before, ...Object.fromEntries(recorded) }, null, 2)}\n`);
console.log(`${recorded.length} operations`);
