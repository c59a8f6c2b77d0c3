// Every page, by the name of its picture: where it is, and what is done there before it is looked at.
import { readdirSync, readFileSync } from 'node:fs';
import { administrator, furnish, user } from './platform.mjs';

const edit = (text) => async (page) => {
  await page.locator('.cm-content').click();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.insertText(text);
  await page.locator('.wp-problem').first().waitFor();
};
const press = (selector, shown) => async (page) => {
  await page.locator(selector).first().click();
  await page.locator(shown).first().waitFor();
};

const appear = (selector) => (page) => page.locator(selector).first().waitFor();

const strangers = { 'sign-in': ['/sign-in'], 'sign-up': ['/sign-up'], 'reset-password': ['/reset-password'] };
const beginners = {
  'empty-workflows': ['/workflows'],
  'empty-dashboard': ['/dashboard'],
  'empty-executions': ['/executions'],
  'empty-schedules': ['/schedules'],
  'empty-webhooks': ['/automations/webhooks'],
  'empty-archive': ['/archive'],
  'empty-secrets': ['/secrets'],
  'empty-data': ['/data'],
  'empty-proxies': ['/proxies'],
  'empty-automations': ['/automations'],
  'empty-notifications': ['/notifications'],
};
const owners = ({ books, failing, waiting, items, pool, host, rule, hook }) => ({
  dashboard: ['/dashboard'],
  'account-menu': ['/dashboard', press('.wp-account-button', '.wp-account-menu')],
  'dashboard-week': ['/dashboard?range=week'],
  schedules: ['/schedules'],
  'schedules-calendar': ['/schedules?tab=calendar', appear('.wp-week')],
  schedule: ['/schedules', press('td .wp-link', '.ant-drawer-body .wp-facts')],
  secrets: ['/secrets'],
  'new-secret': ['/secrets', press('.wp-page-header button', '.ant-drawer-body form')],
  variables: ['/secrets?tab=variables'],
  workflows: ['/workflows'],
  templates: ['/workflows/templates', appear('.wp-template-card')],
  'use-template': ['/workflows/templates', press('.wp-template-card .ant-btn', '.ant-drawer-body form')],
  'use-import': ['/workflows/templates', press('[aria-label$="note-import-tags"]', '.ant-drawer-body .ant-upload')],
  files: ['/files'],
  'new-workflow': ['/workflows/new?template=qidian'],
  workflow: [`/workflows/${books.definition}`, appear('.wp-node')],
  'workflow-graph': [`/workflows/${books.definition}?view=graph&step=save`, appear('.wp-inspector .wp-field')],
  'workflow-params': [`/workflows/${books.definition}?view=graph&panel=params&param=list`, appear('.wp-param-form')],
  'workflow-order': [`/workflows/${books.definition}?view=graph&panel=order`, appear('.wp-ordered')],
  'workflow-text': [`/workflows/${books.definition}?view=text`, appear('.cm-content')],
  'workflow-triggers': [`/workflows/${books.definition}?tab=triggers`, appear('.wp-ticks')],
  'workflow-versions': [`/workflows/${books.definition}?tab=versions`],
  'workflow-diff': [`/workflows/${books.definition}?tab=versions&open=1`, appear('.wp-diff')],
  'workflow-review': [
    `/workflows/${books.definition}?view=text`,
    async (page) => {
      await page.locator('.cm-content').click();
      await page.keyboard.press('ControlOrMeta+Home');
      await page.keyboard.insertText('description: Books of the shop\n');
      await page.keyboard.press('ControlOrMeta+s');
      await page.locator('.wp-diff').waitFor();
    },
  ],
  'workflow-problems': ['/workflows/new?template=script', edit('\n  - id: make\n    uses: http.reqest\n')],
  'run-drawer': [`/executions/${books.execution}`, press('.wp-page-header button', '.ant-drawer-body form')],
  executions: ['/executions'],
  'executions-filtered': ['/executions?trigger=manual&status=failed'],
  'executions-chosen': ['/executions', press('th .ant-checkbox-input', '.wp-table')],
  'execution-succeeded': [`/executions/${books.execution}?tab=steps`, press('.wp-step-head', '.wp-step-json')],
  'workflow-test': [
    `/workflows/${books.definition}?view=graph&step=make`,
    async (page) => {
      await page.locator('.wp-inspector [data-node-key=test]').click();
      await page.locator('.wp-inspector .ant-btn-primary').last().click();
      await page.locator('.wp-tested').waitFor();
      // The button leaves its state of loading slowly.
      await page.waitForTimeout(500);
    },
  ],
  'execution-items': [`/executions/${items.execution}?tab=steps`, press('.wp-step-head', '.wp-cells canvas')],
  'execution-items-failed': [
    `/executions/${items.execution}?tab=steps`,
    async (page) => {
      await page.locator('.wp-step-head').first().click();
      await page.locator('.wp-items .wp-segments button').nth(1).click();
      await page.locator('.wp-items .wp-table').waitFor();
    },
  ],
  'execution-item': [`/executions/${items.execution}?item=each.7`, appear('.ant-drawer-body .wp-json')],
  'execution-overview': [`/executions/${books.execution}?step=save`, appear('.wp-node')],
  'execution-journal': [`/executions/${items.execution}?tab=journal`, appear('.wp-event-seq')],
  'execution-journal-kind': [`/executions/${items.execution}?tab=journal&kind=step.failed`, appear('.wp-event-seq')],
  'execution-event': [`/executions/${books.execution}?tab=journal&event=3`, appear('.ant-drawer-body .wp-json')],
  'execution-cost': [`/executions/${books.execution}?tab=cost`, appear('.wp-costs')],
  'execution-data': [`/executions/${books.execution}?tab=data`],
  'execution-logs': [`/executions/${books.execution}?tab=logs`],
  'execution-failed': [`/executions/${failing.execution}`, appear('.wp-node')],
  'execution-waiting': [`/executions/${waiting.execution}`],
  datasets: ['/data'],
  'new-dataset': ['/data', press('.wp-page-header .ant-btn-primary', '.ant-drawer-body form')],
  'dataset-import': ['/data/books', press('.wp-page-header button:nth-of-type(2)', '.ant-drawer-body form')],
  dataset: ['/data/books'],
  'dataset-columns': ['/data/books?columns=title,price', press('.wp-filters > .ant-btn:last-child', '.wp-choice')],
  'dataset-chart': ['/data/books?tab=chart&measure=sum&of=words', appear('.wp-chart canvas')],
  'dataset-pie': ['/data/books?tab=chart&chart=pie&by=category', appear('.wp-chart canvas')],
  'dataset-fields': ['/data/books?tab=fields'],
  'dataset-field': ['/data/books?tab=fields', press('td .ant-btn', '.ant-drawer-body form')],
  'dataset-statistics': ['/data/books?tab=fields&open=category', appear('.wp-frequency')],
  'dataset-versions': ['/data/books?tab=versions'],
  'dataset-terms': ['/data/books?tab=terms'],
  proxies: ['/proxies'],
  'new-pool': ['/proxies', press('.wp-page-header button', '.ant-drawer-body form')],
  pool: [`/proxies/${pool}`],
  'pool-hosts': [`/proxies/${pool}?tab=hosts`, appear('.wp-heat')],
  'pool-host': [`/proxies/${pool}?tab=hosts&open=${host}`, appear('.ant-drawer-body .wp-table')],
  'pool-explain': [`/proxies/${pool}?tab=explain&host=${host}`, appear('.wp-note')],
  'pool-sources': [`/proxies/${pool}?tab=sources`],
  'pool-source': [
    `/proxies/${pool}?tab=sources`,
    press('.ant-btn-primary:not(.wp-page-header *)', '.ant-drawer-body form'),
  ],
  'pool-tests': [`/proxies/${pool}?tab=tests`],
  'pool-statistics': [`/proxies/${pool}?tab=statistics`, appear('.wp-chart canvas')],
  'pool-proxy': [`/proxies/${pool}`, press('td .wp-link', '.ant-drawer-body form')],
  automations: ['/automations'],
  'new-automation': ['/automations/new?start=failures', appear('.wp-rule-action')],
  automation: [`/automations/${rule}`, press('.wp-rule-panes section .ant-btn', '.wp-tried')],
  'automation-history': [`/automations/${rule}?tab=history`],
  'automation-firing': [`/automations/${rule}?tab=history`, press('td .wp-link', '.ant-drawer-body .wp-json')],
  webhooks: ['/automations/webhooks'],
  webhook: [`/automations/webhooks/${hook}`, press('td .wp-link', '.ant-drawer-body .wp-tried')],
  'webhook-deliveries': [`/automations/webhooks/${hook}`],
  archive: ['/archive'],
  'archive-page': ['/archive', press('td .wp-link', '.ant-drawer-body .wp-content')],
  notifications: ['/notifications'],
  plan: ['/plan'],
  'plan-upgrade': ['/plan', press('.wp-plan .ant-btn-primary', '.ant-modal table')],
  invoice: ['/plan', press('.wp-table .wp-link', '.ant-drawer-body table')],
  'account-profile': ['/account/profile'],
  'account-security': ['/account/security'],
  'api-keys': ['/account/api-keys'],
  'account-notifications': ['/account/notifications', appear('td .ant-switch')],
  'new-api-key': ['/account/api-keys', press('.wp-page-header button', '.ant-drawer-body form')],
  'not-found': ['/nowhere'],
});
const administrators = {
  users: ['/admin/users'],
  'users-none': ['/admin/users?search=zzz'],
  user: ['/admin/users?search=owner', press('button.wp-name', '[role=progressbar]')],
  audit: ['/admin/audit'],
  plans: ['/admin/plans'],
  'new-plan': ['/admin/plans', press('.wp-page-header button', '.ant-drawer-body form')],
  coupons: ['/admin/coupons'],
  'new-coupon': ['/admin/coupons', press('.wp-page-header button', '.ant-drawer-body form')],
  invoices: ['/admin/invoices'],
  'invoice-settle': ['/admin/invoices', press('td .wp-link', '.ant-drawer-body .wp-table')],
  'invoice-refund': [
    '/admin/invoices?status=paid',
    async (page) => {
      await press('td .wp-link', '.ant-drawer-body .wp-table')(page);
      await press('.ant-drawer-body .ant-btn-dangerous', '.ant-modal form')(page);
    },
  ],
  'invoice-refunded': ['/admin/invoices?status=paid', press('td .wp-link', '.ant-drawer-body .wp-tried')],
  system: ['/admin/system'],
  hosts: ['/admin/hosts'],
  'decide-host': ['/admin/hosts', press('.wp-page-header .ant-btn-primary', '.ant-drawer-body form')],
  events: ['/admin/events', appear('td .wp-link')],
  event: ['/admin/events', press('td .wp-link', '.ant-drawer-body .wp-json')],
  'parked-events': ['/admin/events?show=parked'],
  'audit-line': ['/admin/audit?action=user.logged_in', press('td .wp-link', '.ant-drawer-body .wp-json')],
};

const upload = (one, name) => one.upload(`/files?name=${encodeURIComponent(name)}`, 'x'.repeat(70_000));

const LOCALES = new URL('../src/locales/', import.meta.url);
const ROOTS = readdirSync(LOCALES)
  .filter((name) => name.endsWith('en.ts'))
  .flatMap((name) =>
    [...readFileSync(new URL(name, LOCALES), 'utf8').matchAll(/^ {2}(\w+): \{$/gm)].map(([, root]) => root),
  );
const UNSAID = new RegExp(`^(${ROOTS.join('|')})(\\.[a-z]\\w*)+$`);

/** Names that look like those of texts, and are none. */
const ACTIONS = new Set();

const wordsOf = (text) => text.split(/\s+/);

/** Names of texts that stand where the texts should; what is shown as code is meant as it stands. */
export async function unsaid(page) {
  const code = new Set((await page.locator('code').allInnerTexts()).flatMap(wordsOf));
  // biome-ignore lint/performance/useDomNodeTextContent: lines as people see them
  const text = await page.locator('body').innerText();
  return wordsOf(text).filter((word) => UNSAID.test(word) && !ACTIONS.has(word) && !code.has(word));
}

/** A plan whose invoice is paid, and partly given back. */
async function paidFor(one, root) {
  await one.post('/subscription/subscribe', { plan: 'pro', interval: 'year' });
  const [{ id }] = (await one.get('/subscription/invoices')).items;
  await root.post(`/subscription/admin/invoices/${id}/settle`);
  await root.post(`/subscription/admin/invoices/${id}/refund`, {
    amount_minor: 5_000,
    reason: 'A week without proxies',
  });
}

/** People and what they look at; who has no session is nobody. */
export async function everything() {
  const beginner = await user('beginner');
  for (const { id } of (await beginner.get('/automations')).items) await beginner.remove(`/automations/${id}`);
  const owner = await user('owner');
  const rooms = owners(await furnish(owner));
  for (const { name } of await owner.get('/workflow/actions')) ACTIONS.add(name);
  await owner.post('/users/me/api-keys', { name: 'build server', scopes: ['workflow:read', 'workflow:run'] });
  await owner.post('/users/me/api-keys', {
    name: '每晚同步书目的脚本，名字很长很长很长很长',
    scopes: ['dataset:read'],
  });
  await upload(owner, 'saved-notes.zip');
  await upload(owner, '一个名字非常非常非常非常长的页面状态文件，窄屏上放不下.json');
  await owner.put('/workflow/secrets/SHOP_API_KEY', { value: 'never shown', description: 'Key of the shop' });
  await owner.put('/workflow/secrets/A_SECRET_WITH_A_NAME_THAT_IS_RATHER_LONG_FOR_A_NARROW_SCREEN', {
    value: 'never shown',
  });
  await owner.put('/workflow/variables/region', { value: 'eu-west', description: '区域' });
  await owner.put('/workflow/variables/limits', { value: { pages: 3, hosts: ['a.example', 'b.example'], deep: true } });
  const root = await administrator();
  await paidFor(await user('payer'), root);
  await owner.post('/subscription/subscribe', { plan: 'basic', interval: 'month' });
  await root.post('/subscription/admin/coupons', { code: 'NEWCOMER', off: { percent: 10 }, lasts: { periods: 3 } });
  return [
    [null, strangers],
    [beginner, beginners],
    [owner, rooms],
    [root, administrators],
  ];
}
