// A user with something to show, made over the API.
import { forwardProxy, slowSite } from './site.mjs';
import { BASE, mailedCode } from './support.mjs';

const JSON_TYPE = 'application/json';
const PASSWORD = 'correct horse battery';

async function call(method, path, body, token, media = JSON_TYPE) {
  const response = await fetch(`${BASE}/api/v1${path}`, {
    method,
    headers: { 'content-type': media, ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: media === JSON_TYPE ? body && JSON.stringify(body) : body,
  });
  const answer = await response.json();
  if (!answer.success) throw new Error(`${method} ${path}: ${answer.error} ${JSON.stringify(answer.details)}`);
  return answer.data;
}

/** Registers with the mailed code; calls of the API in the user's name, and a fresh session. */
export async function user(name) {
  const email = `${name}@example.com`;
  await call('POST', '/users/public/send-verification-code', { email, purpose: 'register' });
  const code = await mailedCode(email);
  await call('POST', '/users/auth/register', { username: name, email, code, password: PASSWORD });
  return known(name);
}

/** Who looks after the platform; scripts/serve-for.sh made the account. */
export const administrator = () => known('root@example.com');

async function known(name) {
  const signIn = () => call('POST', '/users/auth/login', { identifier: name, password: PASSWORD });
  const { access_token: token } = await signIn();
  return {
    get: (path) => call('GET', path, undefined, token),
    post: (path, body) => call('POST', path, body, token),
    put: (path, body) => call('PUT', path, body, token),
    remove: (path) => call('DELETE', path, undefined, token),
    upload: (path, content) => call('POST', path, content, token, 'application/octet-stream'),
    session: async () => (await signIn()).refresh_token,
  };
}

const BOOKS = `name: 书店新书
params:
  properties:
    count: {type: integer, title: 本数, description: 一次取多少本, default: 48, minimum: 1, maximum: 100}
    list: {enum: [新书, 畅销, 完本], default: 新书}
  required: [count]
triggers:
  - cron: "0 8 * * *"
    timezone: Asia/Shanghai
steps:
  - id: make
    uses: script.javascript
    with:
      input: "\${{ params.count }}"
      code: |
        const title = (i) => '山海星云雪灯舟'[i % 7] + '外来信' + (i % 5 ? '' : '，以及一个长得在窄屏上放不下的副标题');
        console.log('computing', input, 'records');
        return Array.from({length: input}, (_, i) => ({
          book_id: String(1000000000 + i), title: title(i), author: '木屐' + i, category: i % 2 ? '都市' : '玄幻',
          words: 51234 * (i + 1), price: i / 4, in_stock: i % 3 > 0, updated_at: '2026-11-' + String(1 + i % 28).padStart(2, '0'),
        }))
  - id: save
    uses: dataset.upsert
    with: {dataset: books, key: book_id, records: "\${{ steps.make.output }}"}
outputs:
  added: "\${{ steps.save.output.added }}"
`;

const FAILING = `name: fails-at-the-second-step
steps:
  - id: first
    uses: script.javascript
    with: {code: "return 1"}
  - id: forbidden
    uses: http.request
    needs: [first]
    with: {url: "http://10.0.0.1/"}
  - id: never
    uses: script.javascript
    needs: [forbidden]
    with: {code: "return 2"}
`;

const WAITING = `name: waits-for-an-hour-before-it-goes-on-with-a-rather-long-name
steps:
  - id: pause
    uses: wait.for
    with: {duration: 1h}
`;

const ITEMS = `name: many-items
steps:
  - id: each
    uses: script.javascript
    for_each: ${JSON.stringify(Array.from({ length: 2000 }, (_, index) => index))}
    max_parallel: 100
    on_error: continue
    with: {code: "if (input % 150 === 7) throw new Error('there is no shelf ' + input); return input", input: "\${{ item }}"}
`;

const PROXIES = ['http://127.0.0.1:9', 'http://user:secret@127.0.0.1:10', 'socks5://127.0.0.1:11'];

const visiting = (sites) => `name: visits
steps:
  - id: each
    uses: http.request
    for_each: ${JSON.stringify(Array.from({ length: 24 }, (_, place) => sites[place % sites.length].url))}
    max_parallel: 4
    on_error: continue
    with: {url: "\${{ item }}", proxy_pool: residential}
`;

/** Waits until an execution has ended, for so many seconds at most. */
export async function ended(one, id, seconds = 30) {
  for (let wait = 0; wait < seconds * 10; wait++) {
    const { status } = await one.get(`/workflow/executions/${id}`);
    if (!['pending', 'running'].includes(status)) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`execution ${id} does not end`);
}

const RULE = {
  name: 'Tell me of every run, whichever way it ended, with the workflow and its version',
  trigger: {
    event: 'execution.finished',
    if: "trigger.event.payload.status in ['succeeded', 'failed']",
    threshold: { count: 2, within_seconds: 3600, by: 'trigger.event.payload.definition_id' },
  },
  actions: [
    {
      kind: 'notify',
      title: `A run ended: \${{ trigger.event.payload.status }}`,
      body: `Version \${{ trigger.event.payload.version }} of \${{ trigger.event.payload.definition_id }}`,
    },
  ],
};

/** Workflows, executions of every sort, a dataset, and a pool that was used. */
export async function furnish(one) {
  const ids = {};
  const {
    trigger: { threshold, ...trigger },
    ...rest
  } = RULE;
  const { id: rule } = await one.post('/automations', { ...rest, trigger });
  for (const [name, source] of Object.entries({ books: BOOKS, failing: FAILING, items: ITEMS, waiting: WAITING })) {
    const { id: definition_id } = await one.post('/workflow/definitions', { source });
    const { id } = await one.post('/workflow/executions', { definition_id });
    await ended(one, id);
    ids[name] = { definition: definition_id, execution: id };
  }
  await one.put(`/workflow/definitions/${ids.books.definition}`, {
    source: BOOKS.replace('default: 48', 'default: 47'),
  });
  const proxies = await Promise.all([forwardProxy(), forwardProxy(), forwardProxy()]);
  const sites = await Promise.all([slowSite(), slowSite()]);
  for (const site of sites) site.release();
  const terms = { name: 'residential', strategy: 'smart', test_target: sites[0].url };
  const { id: pool } = await one.post('/proxy/pools', terms);
  const text = [...PROXIES, ...proxies.map(({ address }) => address)].join('\n');
  await one.post(`/proxy/pools/${pool}/import`, { text });
  const { id: definition_id } = await one.post('/workflow/definitions', { source: visiting(sites) });
  const { id: visit } = await one.post('/workflow/executions', { definition_id });
  await ended(one, visit);
  await one.post(`/proxy/pools/${pool}/test`, {});
  const host = new URL(sites[0].url).host;
  const { endpoint } = await one.post('/webhooks', { url: sites[0].url, description: 'Our chat' });
  await one.post(`/webhooks/${endpoint.id}/test`, {});
  const arrived = async () => (await one.get(`/webhooks/${endpoint.id}/deliveries`)).items[0]?.state === 'delivered';
  for (let wait = 0; wait < 100 && !(await arrived()); wait++) await new Promise((done) => setTimeout(done, 100));
  for (const each of [...proxies, ...sites]) each.close();
  await one.put(`/automations/${rule}`, RULE);
  return { ...ids, pool, host, rule, hook: endpoint.id };
}
