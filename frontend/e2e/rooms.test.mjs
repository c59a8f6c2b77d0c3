// The rooms beside the main job, each by itself: automations, notifications, and what else is kept.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { administrator, ended, user } from './platform.mjs';
import { forwardProxy, slowSite, strictSite } from './site.mjs';
import { BASE, barriers, enter, launch, watch } from './support.mjs';

const QUICK = `name: quick
steps:
  - id: one
    uses: script.javascript
    with: {code: "return 1"}
`;

let browser;
let page;
let seen;
let one;

before(async () => {
  one = await user('keeper');
  browser = await launch();
  page = await enter(browser, { locale: 'en', theme: 'light' }, await one.session());
  seen = watch(page);
  await page.goto(BASE);
});

after(() => browser?.close());

/** A room of its own: what it needs it makes, and whether others fail is nothing to it. */
function room(name, go) {
  test(name, async () => {
    await go();
    assert.deepEqual(await barriers(page), [], 'nobody is kept out');
    assert.deepEqual(seen.complaints.splice(0), [], 'the browser has nothing to complain about');
  });
}

const button = (name) => page.getByRole('button', { name, exact: true });
const visible = (locator) => locator.first().waitFor();
const at = (path) => page.waitForURL((url) => url.pathname.match(`^${path}$`) !== null);
const go = (path) => page.goto(`${BASE}${path}`);
const sure = async (name) => page.getByRole('dialog').last().getByRole('button', { name, exact: true }).click();

let runs = 0;

async function run() {
  runs += 1;
  const source = QUICK.replace('quick', `quick-${runs}`);
  const { id: definition_id } = await one.post('/workflow/definitions', { source });
  const { id } = await one.post('/workflow/executions', { definition_id });
  await ended(one, id);
}

room('an automation is written, refused with the reason, tried and kept', async () => {
  await go('/automations');
  await visible(page.getByRole('link', { name: 'Mail when a run fails' }).or(page.locator('td .wp-name')));
  assert.deepEqual(await barriers(page), []);
  await page.getByRole('link', { name: 'New automation' }).click();
  await at('/automations/new');
  await page.getByLabel('Name').fill('Tell me of runs');
  await visible(page.getByText(/^Carries: execution_id/));
  await page.getByRole('combobox', { name: 'Condition' }).fill('trigger.event.payload.sta');
  await page.getByTitle('trigger.event.payload.status').click();
  await page.keyboard.type(' ==');
  await page.getByRole('textbox', { name: 'Title' }).or(page.getByLabel('Title')).first().fill('It ended');
  seen.expect(422);
  await button('Create automation').click();
  await visible(page.getByRole('alert'));
  seen.forget(422);
  assert.deepEqual(await barriers(page), []);
  await page.getByRole('combobox', { name: 'Condition' }).fill("trigger.event.payload.status == 'succeeded'");
  await page.getByRole('combobox', { name: 'With which events' }).click();
  await page.getByTitle('An event made up').click();
  await page.getByLabel('Content of the event').fill('{"status": "succeeded"}');
  await button('Try').click();
  await visible(page.getByText('Would have fired at 1 of 1 events'));
  await button('Create automation').click();
  await at('/automations/[0-9a-f-]{36}');
  await visible(page.getByRole('heading', { name: 'Tell me of runs' }));
});

room('what it noted is announced, read, and in its history', async () => {
  await run();
  await go('/notifications');
  const bell = page.getByRole('link', { name: 'Notifications, 1 unread' });
  for (let tries = 0; tries < 20 && (await bell.count()) === 0; tries++) {
    await page.waitForTimeout(500);
    await page.reload();
    await visible(page.getByRole('heading', { name: 'Notifications' }));
    await page.waitForLoadState('networkidle');
  }
  await visible(page.getByText('It ended'));
  await visible(bell);
  assert.deepEqual(await barriers(page), []);
  await button('Mark as read').click();
  await bell.waitFor({ state: 'detached' });
  await page.getByText('Unread', { exact: true }).click();
  await visible(page.getByText('Nothing to read'));
  await page.getByText('All', { exact: true }).click();
  await page.getByRole('link', { name: 'Automation', exact: true }).click();
  await at('/automations/[0-9a-f-]{36}');
  await button('History').click();
  await visible(page.getByText('Done'));
  await page.locator('td .wp-link').first().click();
  await visible(page.getByRole('dialog').getByText('Leave a note'));
});

room('an automation is switched off, changed and deleted', async () => {
  await go('/automations');
  const listens = page.getByRole('switch', { name: 'Tell me of runs listens' });
  await listens.click();
  await page.waitForFunction(() =>
    document.querySelector('[aria-label="Tell me of runs listens"][aria-checked=false]'),
  );
  await page.getByRole('link', { name: 'Tell me of runs' }).click();
  await page.getByLabel('Name').fill('Tell me no more');
  await page.getByRole('link', { name: 'Automations' }).first().click();
  await sure('Keep editing');
  await button('Save').click();
  await visible(page.getByRole('heading', { name: 'Tell me no more' }));
  await button('Delete').click();
  await sure('Delete');
  await at('/automations');
  await page.getByText('Tell me no more', { exact: true }).waitFor({ state: 'detached' });
});

room('the dashboard says what ran, what failed and what comes', async () => {
  const source = QUICK.replace('quick', 'fails').replace('return 1', "throw new Error('it broke')");
  const { id: definition_id } = await one.post('/workflow/definitions', {
    source: `${source}triggers:\n  - cron: "0 8 * * *"\n    timezone: Asia/Shanghai\n`,
  });
  const { id } = await one.post('/workflow/executions', { definition_id });
  await ended(one, id);
  await go('/');
  await at('/dashboard');
  await visible(page.getByRole('region', { name: 'Needs attention' }).getByRole('link', { name: 'fails' }));
  await visible(page.getByRole('region', { name: 'Next times' }).getByRole('link', { name: 'fails' }));
  await visible(page.getByRole('region', { name: 'Runs', exact: true }).getByText('2', { exact: true }));
  await button('7 days').click();
  await page.waitForURL((url) => url.searchParams.get('range') === 'week');
  await page.getByText('Show the numbers').click();
  await visible(page.getByRole('columnheader', { name: 'Succeeded' }));
});

room('schedules are listed, paused, run for the past, and shown in a calendar', async () => {
  await go('/dashboard');
  await page.getByRole('link', { name: 'Schedules', exact: true }).click();
  await at('/schedules');
  await visible(page.getByRole('link', { name: 'fails' }));
  assert.deepEqual(await barriers(page), []);
  await page.getByRole('switch').click();
  await visible(page.getByRole('cell', { name: 'paused' }));
  await page.getByRole('switch').click();
  await page.getByRole('cell', { name: 'paused' }).waitFor({ state: 'detached' });
  await button('0 8 * * *').click();
  const drawer = page.getByRole('dialog');
  await visible(drawer.getByText('Next times'));
  await drawer.getByRole('button', { name: 'Run past times' }).click();
  const day = (ago) => new Date(Date.now() - ago * 24 * 3_600_000).toISOString().slice(0, 10);
  await page.getByPlaceholder('Start date').fill(`${day(3)} 12:00`);
  await page.keyboard.press('Enter');
  await page.getByPlaceholder('End date').fill(`${day(1)} 12:00`);
  await page.keyboard.press('Enter');
  await visible(page.getByText('It would start 2 runs'));
  assert.deepEqual(await barriers(page), []);
  await button('Cancel').click();
  await page.keyboard.press('Escape');
  await button('Calendar').click();
  await page.waitForURL((url) => url.searchParams.get('tab') === 'calendar');
  await button('Week after').click();
  await visible(page.locator('.wp-mark', { hasText: 'To come' }));
  assert.deepEqual(await barriers(page), []);
  assert.equal(await page.locator('.wp-time').count(), 7, 'every day of the week is due');
  await page.locator('.wp-time').first().click();
  await visible(page.getByText('It has not come yet.'));
  await button('To the trigger').click();
  await visible(page.getByRole('dialog').getByText('Next times'));
});

room('a secret is kept and never shown, and a variable is changed', async () => {
  await go('/dashboard');
  await page.getByRole('link', { name: 'Secrets', exact: true }).click();
  await at('/secrets');
  await visible(page.getByText('No secrets yet'));
  assert.deepEqual(await barriers(page), []);
  await button('New secret').click();
  await page.getByRole('textbox', { name: 'Name' }).fill('SHOP_KEY');
  await page.getByRole('textbox', { name: 'Value' }).fill('not to be seen');
  assert.deepEqual(await barriers(page), []);
  await button('Keep secret').click();
  await visible(page.getByRole('cell', { name: 'SHOP_KEY', exact: true }));
  await page.reload();
  await visible(page.getByRole('cell', { name: 'SHOP_KEY', exact: true }));
  assert.ok(!(await page.content()).includes('not to be seen'), 'the value is not seen again');
  await button('Delete').click();
  await sure('Delete');
  await visible(page.getByText('No secrets yet'));
  await button('Variables').click();
  await button('New variable').click();
  await page.getByRole('textbox', { name: 'Name' }).fill('regions');
  await page.getByText('JSON', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Value' }).fill('["eu", "us"');
  await button('Keep variable').click();
  await visible(page.getByText('Enter valid JSON'));
  await page.getByRole('textbox', { name: 'Value' }).fill('["eu", "us"]');
  await button('Keep variable').click();
  await visible(page.getByRole('cell', { name: /"eu"/ }));
  const { items } = await one.get('/workflow/variables');
  assert.deepEqual(items[0].value, ['eu', 'us']);
});

room('an administrator offers a plan, gives a coupon, and settles an invoice', async () => {
  await one.post('/subscription/subscribe', { plan: 'basic', interval: 'month' });
  const root = await administrator();
  const mine = page;
  page = await enter(browser, { locale: 'en', theme: 'light' }, await root.session());
  const watched = watch(page);
  try {
    await go('/admin/plans');
    await visible(page.getByRole('cell', { name: 'Basic basic' }));
    assert.deepEqual(await barriers(page), []);
    await button('New plan').click();
    await page.getByRole('textbox', { name: 'Code' }).fill('team');
    await page.getByLabel('Name in Chinese').fill('团队版');
    await page.getByLabel('Name in English').fill('Team');
    await page.getByRole('spinbutton', { name: 'Price' }).fill('99');
    await page.getByLabel('Executions a month').fill('100000');
    assert.deepEqual(await barriers(page), []);
    await button('Offer plan').click();
    await visible(page.getByRole('cell', { name: 'Team team' }));
    await page.getByRole('row', { name: /Team/ }).getByRole('button', { name: 'Withdraw' }).click();
    await sure('Withdraw');
    await page.getByRole('cell', { name: 'Team team' }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Coupons', exact: true }).click();
    await button('New coupon').click();
    await page.getByRole('textbox', { name: 'Code' }).fill('welcome10');
    assert.deepEqual(await barriers(page), []);
    await button('Create coupon').click();
    await page
      .getByRole('row', { name: /WELCOME10/ })
      .getByRole('button', { name: 'End', exact: true })
      .click();
    await sure('End');
    await visible(page.getByText('Ended'));
    await page.getByRole('link', { name: 'Invoices', exact: true }).click();
    await visible(page.getByText('Ledger, invoices and credits agree.'));
    await page.locator('td .wp-link').first().click();
    assert.deepEqual(await barriers(page), []);
    await button('Mark as paid').click();
    await sure('Mark as paid');
    await visible(page.getByRole('dialog').getByText('Paid', { exact: true }));
    assert.deepEqual(await barriers(page), []);
    await button('Refund').click();
    await page.getByRole('spinbutton', { name: 'Amount' }).fill('10.5');
    await page.getByRole('textbox', { name: 'Reason' }).fill('A day without service');
    assert.deepEqual(await barriers(page), []);
    await button('Refund CN¥10.50').click();
    await visible(page.getByText('A day without service'));
    await visible(page.getByRole('row', { name: 'Of which given back CN¥10.50' }));
    await visible(page.getByText('Given back', { exact: true }));
    await visible(page.getByText('Ledger, invoices and credits agree.'));
    assert.deepEqual(watched.complaints, []);
  } finally {
    await page.context().close();
    page = mine;
  }
});

room('an administrator sees how the platform stands, as it changes', async () => {
  const root = await administrator();
  const mine = page;
  page = await enter(browser, { locale: 'en', theme: 'dark' }, await root.session());
  const watched = watch(page);
  try {
    await go('/dashboard');
    await page.getByRole('link', { name: 'Administration' }).click();
    await at('/admin/users');
    await page.getByRole('link', { name: 'System', exact: true }).click();
    await at('/admin/system');
    const region = (name) => page.getByRole('region', { name, exact: true }).first();
    await visible(region('Processes').getByText('answers here'));
    await visible(region('Workers').getByText('Alive'));
    await visible(region('Versions and stores').getByText('SQLite'));
    await visible(region('Lag of events').getByText(/^\d/));
    assert.equal(await page.getByRole('link', { name: 'Administration' }).getAttribute('aria-current'), 'page');
    assert.deepEqual(await barriers(page), []);
    const asked = page.waitForResponse((response) => response.url().endsWith('/system/status'));
    await asked;
    await region('Parked events').getByRole('link').click();
    await at('/admin/events');
    await visible(page.getByText('Nothing is parked'));
    await page.getByText('All', { exact: true }).click();
    await page.getByLabel('Event, such as user.logged_in').fill('user.registered');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('kind') === 'user.registered');
    await page.getByRole('button', { name: 'user.registered' }).first().click();
    await visible(page.getByRole('dialog').getByText('Handled'));
    assert.deepEqual(await barriers(page), []);
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Users', exact: true }).click();
    await page.getByRole('button', { name: 'keeper', exact: true }).click();
    await visible(page.getByRole('dialog').getByRole('progressbar', { name: 'Executions a month' }));
    await visible(page.getByRole('dialog').getByRole('region', { name: 'Audit log' }).getByRole('listitem'));
    assert.deepEqual(await barriers(page), []);
    assert.deepEqual(watched.complaints, []);
  } finally {
    await page.context().close();
    page = mine;
  }
});

room('what somebody is told of is switched, one way after the other', async () => {
  await go('/notifications');
  await page.getByRole('link', { name: 'What you are told of' }).click();
  await at('/account/notifications');
  const name = (await one.get('/automations')).items.find(({ preset }) => preset === 'failed_run').name;
  const told = async () => {
    const rule = (await one.get('/automations')).items.find(({ preset }) => preset === 'failed_run');
    return [rule.enabled, ...rule.actions.map(({ kind }) => kind)];
  };
  const toggle = async (way, on) => {
    await page.getByRole('switch', { name: `${name}: ${way}`, checked: !on }).click();
    await visible(page.getByRole('switch', { name: `${name}: ${way}`, checked: on }));
    await page.locator('.ant-switch-loading').waitFor({ state: 'detached' });
  };
  await toggle('in the app', true);
  assert.deepEqual(await told(), [true, 'email', 'notify']);
  await toggle('by mail', false);
  assert.deepEqual(await told(), [true, 'notify']);
  await toggle('in the app', false);
  assert.deepEqual(await told(), [false, 'notify']);
  await toggle('by mail', true);
  assert.deepEqual(await told(), [true, 'email']);
});

room('a plan says what it changes, and its invoice is downloaded', async () => {
  const { plan } = await one.get('/subscription/current');
  if (plan.code === 'free') await one.post('/subscription/subscribe', { plan: 'basic', interval: 'month' });
  await go('/plan');
  await button('Upgrade').first().click();
  await visible(page.getByRole('dialog').getByRole('row', { name: /^Proxies/ }));
  assert.deepEqual(await barriers(page), []);
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: /^INV-/ }).first().click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: /^INV-.* as PDF$/ }).click(),
  ]);
  assert.match(download.suggestedFilename(), /^INV-\d+\.pdf$/);
});

room('a webhook is named, its secret shown once, tested, and its delivery read', async () => {
  const site = await slowSite();
  site.release();
  await go('/automations');
  await page.getByRole('link', { name: 'Webhooks' }).click();
  await at('/automations/webhooks');
  await visible(page.getByText('No endpoints yet'));
  assert.deepEqual(await barriers(page), []);
  await page.locator('.wp-page-header').getByRole('button', { name: 'New endpoint' }).click();
  await page.getByRole('textbox', { name: 'Address' }).fill(site.url);
  await page.getByLabel('Description').fill('Our chat');
  assert.deepEqual(await barriers(page), []);
  await button('Create endpoint').click();
  const secret = await page.locator('.wp-secret').textContent();
  assert.match(secret, /^whsec_/);
  await button('I have kept it').click();
  await page.getByRole('link', { name: site.url }).click();
  await at('/automations/webhooks/[0-9a-f-]{36}');
  await visible(page.getByText('Nothing was sent yet'));
  assert.ok(!(await page.content()).includes(secret), 'the secret is not seen again');
  await button('Send a test').click();
  await visible(page.getByRole('cell', { name: 'Delivered' }));
  assert.deepEqual(await barriers(page), []);
  await page.locator('td .wp-link').first().click();
  await visible(page.getByRole('dialog').getByText('Answered 200'));
  assert.deepEqual(await barriers(page), []);
  await page.keyboard.press('Escape');
  await button('New secret').click();
  await sure('New secret');
  assert.notEqual(await page.locator('.wp-secret').textContent(), secret);
  await button('I have kept it').click();
  await button('Delete').click();
  await sure('Delete');
  await at('/automations/webhooks');
  await visible(page.getByText('No endpoints yet'));
  site.close();
});

const TRIED = `name: tried
params:
  properties: {rows: {type: integer, default: 2}}
steps:
  - id: make
    uses: script.javascript
    with: {code: "return {rows: input}", input: "\${{ params.rows }}"}
  - id: double
    uses: script.javascript
    with: {code: "console.log('doubling', input); return {double: input * 2}", input: "\${{ steps.make.output.rows }}"}
`;

room('a step is tried with made-up data, and with what a run recorded', async () => {
  const { id: definition_id } = await one.post('/workflow/definitions', { source: TRIED });
  await go(`/workflows/${definition_id}?view=graph&step=double`);
  const step = page.getByRole('region', { name: 'Step double' });
  await step.getByRole('tab', { name: 'Test' }).click();
  const data = step.getByRole('textbox', { name: 'Test data' });
  assert.deepEqual(JSON.parse(await data.inputValue()).steps, { make: { output: null } });
  await data.fill('{"steps": {"make": {"output": {"rows": 21}}}}');
  await step.getByRole('button', { name: 'Run this step' }).click();
  const result = step.getByRole('region', { name: 'Result of the test' });
  await visible(result.getByText('Succeeded'));
  await visible(result.getByRole('region', { name: 'Output' }).getByText('42'));
  await visible(result.getByText('doubling 21'));
  assert.deepEqual(await barriers(page), []);
  await data.fill('{"steps": {}}');
  await step.getByRole('button', { name: 'Run this step' }).click();
  await visible(result.getByText('EXPRESSION_FAILED'));
  const { id } = await one.post('/workflow/executions', { definition_id, params: { rows: 5 } });
  await ended(one, id);
  await page.reload();
  await step.getByRole('tab', { name: 'Test' }).click();
  await page.waitForFunction(() =>
    document.querySelector('textarea[aria-label="Test data"]')?.value.includes('"rows": 5'),
  );
  await step.getByRole('button', { name: 'Run this step' }).click();
  await visible(result.getByRole('region', { name: 'Output' }).getByText('10'));
});

room('parameters are asked for as a form says, and steps put in order by pulling and by keys', async () => {
  const { id } = await one.post('/workflow/definitions', { source: TRIED.replace('tried', 'ordered') });
  await go(`/workflows/${id}`);
  const text = page.getByRole('textbox', { name: 'Workflow as YAML' });
  const says = (part) => visible(text.filter({ hasText: part }));
  await button('Parameters (1)').click();
  const params = page.getByRole('region', { name: 'Parameters' });
  await params.getByRole('button', { name: 'Add parameter' }).click();
  const name = params.getByRole('textbox', { name: 'Name of the parameter' });
  await name.fill('rows');
  assert.match(await name.getAttribute('title'), /Another parameter/);
  await name.fill('shelf');
  await name.press('Enter');
  await says('shelf: {type: string}');
  await params.getByRole('combobox', { name: 'Type' }).click();
  await page.getByTitle('One of several').click();
  await says('shelf: {type: string, enum: [first]}');
  await params.getByRole('switch', { name: 'Must be given' }).click();
  await says('required: [shelf]');
  await params.getByRole('button', { name: 'Move shelf' }).press('ArrowUp');
  await visible(page.getByText('shelf is now 1 of 2'));
  await params.getByRole('button', { name: /^rows/ }).click();
  await page.waitForFunction(() => document.querySelector('.wp-param-form input')?.value === 'rows');
  await name.fill('count');
  await name.press('Enter');
  await says('params.count }}');
  assert.ok(await name.evaluate((field) => field === document.activeElement), 'the focus stays');
  assert.deepEqual(await barriers(page), []);
  await button('Undo').click();
  await says('params.rows }}');
  await button('Redo').click();
  await button('Order of steps (2)').click();
  const order = page.getByRole('list', { name: 'Order of the steps' });
  const ids = () => order.locator('code').allTextContents();
  await order.scrollIntoViewIfNeeded();
  const handle = await order.getByRole('button', { name: 'Move make' }).boundingBox();
  await page.mouse.move(handle.x + 5, handle.y + 5);
  await page.mouse.down();
  await page.mouse.move(handle.x + 5, handle.y + 90, { steps: 5 });
  await page.mouse.up();
  await page.waitForFunction(() => document.querySelector('.wp-ordered code')?.textContent === 'double');
  await visible(page.getByText('● Problems: 1'));
  await order.getByRole('button', { name: 'Move make' }).press('ArrowUp');
  await page.waitForFunction(() => document.querySelector('.wp-ordered code')?.textContent === 'make');
  assert.deepEqual(await ids(), ['make', 'double']);
  const node = (name) => page.locator(`.react-flow__node[data-id=${name}]`);
  await page.getByRole('region', { name: 'Workflow as a graph' }).scrollIntoViewIfNeeded();
  const [upper, lower] = [await node('make').boundingBox(), await node('double').boundingBox()];
  await page.mouse.move(lower.x + 20, lower.y + 10);
  await page.mouse.down();
  await page.mouse.move(upper.x + 20, upper.y - 20, { steps: 8 });
  await visible(page.locator('.wp-node-before'));
  assert.equal(await page.locator('.react-flow__edge').count(), 1, 'the line is there while a step is pulled');
  await page.mouse.up();
  await page.waitForFunction(() => {
    const top = (id) => document.querySelector(`.react-flow__node[data-id=${id}]`).getBoundingClientRect().top;
    return top('double') < top('make') && document.querySelector('.react-flow__edge') !== null;
  });
  await button('Undo').click();
  await node('double').click();
  await visible(page.getByRole('region', { name: 'Step double' }));
  await button('Move up').click();
  await node('double').press('Alt+ArrowDown');
  await visible(page.locator('button[aria-label="Move down"][disabled]'));
  await button('Save').click();
  await button('Save version 2').click();
  await visible(page.getByText('Version 2'));
  await button('Run now').click();
  await visible(page.getByRole('dialog').getByText('count'));
  await page.keyboard.press('Escape');
});

const ITEMS = `name: many-items
steps:
  - id: each
    uses: script.javascript
    for_each: LIST
    max_parallel: 50
    on_error: continue
    with: {code: "if (input % 100 === 7) throw new Error('no ' + input); return input", input: "\${{ item }}"}
`;

room('items of a step are seen at a glance, by state, and one by one', async () => {
  const list = JSON.stringify(Array.from({ length: 300 }, (_, index) => index));
  const source = ITEMS.replace('LIST', list);
  const { id: definition_id } = await one.post('/workflow/definitions', { source });
  const { id } = await one.post('/workflow/executions', { definition_id });
  await ended(one, id);
  await go(`/executions/${id}?tab=steps`);
  await page.locator('[data-step=each] .wp-step-head').click();
  const items = page.getByRole('region', { name: 'Items of each', exact: true });
  await visible(items.getByRole('button', { name: 'All 300' }));
  assert.deepEqual(await barriers(page), []);
  const cells = items.getByRole('slider');
  await cells.focus();
  for (let step = 0; step < 7; step++) await page.keyboard.press('ArrowRight');
  assert.equal(await cells.getAttribute('aria-valuetext'), 'Item 7: Failed');
  await page.keyboard.press('Enter');
  const drawer = page.getByRole('dialog');
  await visible(drawer.getByText('each, item 7'));
  await page.waitForURL((url) => url.searchParams.get('item') === 'each.7');
  await visible(drawer.getByText('no 7').first());
  assert.deepEqual(await barriers(page), []);
  await drawer.getByRole('button', { name: 'Next item' }).click();
  await visible(drawer.getByText('Succeeded'));
  await page.keyboard.press('Escape');
  await items.getByRole('button', { name: /^Failed 3$/ }).click();
  await items.getByRole('button', { name: '207', exact: true }).click();
  await visible(drawer.getByText('each, item 207'));
  await page.keyboard.press('Escape');
  await cells.click({ position: { x: 22, y: 6 } });
  await visible(drawer.getByText('each, item 107'));
});

const THOUSANDS = `name: ten-thousand-items
steps:
  - id: list
    uses: script.javascript
    with: {code: "return Array.from({length: 10000}, (_, i) => i)"}
  - id: each
    uses: script.javascript
    for_each: "\${{ steps.list.output }}"
    max_parallel: 200
    on_error: continue
    with: {code: "if (input === 9990) throw new Error('the last but ten'); return input", input: "\${{ item }}"}
`;

room('ten thousand items are seen at a glance, and the one that failed is found', async () => {
  const { id: definition_id } = await one.post('/workflow/definitions', { source: THOUSANDS });
  const { id } = await one.post('/workflow/executions', { definition_id });
  await ended(one, id, 120);
  await go(`/executions/${id}?tab=steps`);
  await page.locator('[data-step=each] .wp-step-head').click();
  const items = page.getByRole('region', { name: 'Items of each', exact: true });
  await visible(items.getByRole('button', { name: 'All 10K' }));
  const cells = items.getByRole('slider');
  await cells.focus();
  await page.keyboard.press('End');
  assert.equal(await cells.getAttribute('aria-valuetext'), 'Item 9999: Succeeded');
  await items.getByRole('button', { name: /^Failed 1$/ }).click();
  await items.getByRole('button', { name: '9990', exact: true }).click();
  await visible(page.getByRole('dialog').getByText('the last but ten').first());
  assert.deepEqual(await barriers(page), []);
  await page.keyboard.press('Escape');
});

room('newer executions are counted and come when asked for', async () => {
  await run();
  await go('/executions');
  await visible(page.locator('tbody .wp-name'));
  const before = await page.locator('tbody tr').count();
  await run();
  await run();
  const fresh = page.getByRole('button', { name: '2 new' });
  await fresh.waitFor();
  assert.equal(await page.locator('tbody tr').count(), before, 'no row came by itself');
  assert.deepEqual(await barriers(page), []);
  await fresh.click();
  await fresh.waitFor({ state: 'detached' });
  await page.waitForFunction((count) => document.querySelectorAll('tbody tr').length === count, before + 2);
});

room('a page that was fetched is found again from its run, and read', async () => {
  const site = await slowSite();
  site.release();
  const source = `name: fetches\nsteps:\n  - id: page\n    uses: http.request\n    with: {url: "${site.url}shelf/one"}\n`;
  const { id: definition_id } = await one.post('/workflow/definitions', { source });
  const { id } = await one.post('/workflow/executions', { definition_id });
  await ended(one, id);
  site.close();
  await go(`/executions/${id}`);
  await page.getByRole('link', { name: 'Archived pages' }).click();
  await at('/archive');
  const entry = page.getByRole('button', { name: `${site.url}shelf/one` });
  for (let tries = 0; tries < 10 && (await entry.count()) === 0; tries++) {
    await page.waitForTimeout(500);
    await page.reload();
    await visible(page.getByRole('heading', { name: 'Archived pages' }));
    await page.waitForLoadState('networkidle');
  }
  assert.deepEqual(await barriers(page), []);
  await entry.click();
  const drawer = page.getByRole('dialog');
  await visible(drawer.getByText('<h1>At last</h1>'));
  assert.deepEqual(await barriers(page), []);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    drawer.getByRole('button', { name: 'Download' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'one.html');
  await page.keyboard.press('Escape');
  // While it closes it holds the keys.
  await drawer.waitFor({ state: 'hidden' });
  await page.getByRole('searchbox', { name: 'Host' }).fill('elsewhere.example');
  await page.keyboard.press('Enter');
  await visible(page.getByText('No such pages'));
});

room('everything is reached from the palette and by keys', async () => {
  await run();
  await go('/dashboard');
  await visible(button('Search and commands'));
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Search and commands' });
  const line = palette.getByRole('combobox');
  await line.fill('proxies');
  await visible(palette.getByRole('option', { name: /^Proxies/ }));
  assert.deepEqual(await barriers(page), []);
  await page.keyboard.press('Enter');
  await at('/proxies');
  await page.keyboard.press('Control+k');
  await line.fill(`quick-${runs}`);
  await palette.getByRole('option', { name: `Run quick-${runs}` }).click();
  await page.getByRole('dialog').last().getByRole('button', { name: 'Run now' }).click();
  await at('/executions/[0-9a-f-]{36}');
  await visible(page.locator('h1').getByText(`quick-${runs}`));
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await at('/data');
  await page.keyboard.press('?');
  await visible(page.getByRole('dialog', { name: 'Keyboard' }).getByText('Go to Dashboard'));
  assert.deepEqual(await barriers(page), []);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor({ state: 'detached' });
  await page.keyboard.press('g');
  await page.keyboard.press('e');
  await at('/executions');
  await visible(page.locator('tbody .wp-name'));
  await page.keyboard.press('/');
  await page.keyboard.type('quick-1');
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.searchParams.get('q') === 'quick-1');
});

room('a lost connection is told, and all goes on when it is back', async () => {
  await go('/workflows');
  await visible(page.locator('tbody .wp-name'));
  await visible(button('Search and commands'));
  const complaints = seen.complaints.length;
  await page.context().setOffline(true);
  await visible(page.getByText(/^You are offline/));
  assert.deepEqual(await barriers(page), []);
  await page.context().setOffline(false);
  await page.getByText(/^You are offline/).waitFor({ state: 'detached' });
  await visible(page.locator('tbody .wp-name'));
  // What was asked for meanwhile found nobody.
  const meanwhile = seen.complaints.splice(complaints);
  assert.ok(
    meanwhile.every((complaint) => complaint.includes('ERR_INTERNET_DISCONNECTED')),
    meanwhile.join('\n'),
  );
});

room('whoever is signed out elsewhere is told, and comes back to the same page', async () => {
  const mine = page;
  const other = await user('visitor');
  page = await enter(browser, { locale: 'en', theme: 'light' }, await other.session());
  try {
    await go('/data?sort=name');
    await visible(page.getByText('No data yet').or(page.getByRole('heading', { name: 'Data' })));
    await other.remove('/users/me/sessions');
    await page.keyboard.press('g');
    await page.keyboard.press('w');
    await at('/sign-in');
    await visible(page.getByText('Your session has ended'));
    assert.deepEqual(await barriers(page), []);
    await page.getByLabel('User name or e-mail').fill('visitor');
    await page.getByRole('textbox', { name: 'Password' }).fill('correct horse battery');
    await button('Sign in').click();
    await page.waitForURL((url) => ['/data', '/workflows'].includes(url.pathname));
  } finally {
    await page.context().close();
    page = mine;
  }
});

room('the theme follows the device when asked to', async () => {
  await go('/dashboard');
  await button('System').click();
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.waitForFunction(() => document.documentElement.dataset.theme === 'light');
  await button('Light').click();
});

room('steps are marked together, copied, pasted and taken out, and it is all undone', async () => {
  const { id: definition_id } = await one.post('/workflow/definitions', { source: TRIED.replace('tried', 'copied') });
  await go(`/workflows/${definition_id}`);
  const text = async () => page.locator('.cm-content').textContent();
  const node = (id) => page.locator(`.react-flow__node[data-id="${id}"]`);
  await node('make').click();
  await node('double').click({ modifiers: ['ControlOrMeta'] });
  await page.waitForFunction(() => document.querySelectorAll('.wp-node-chosen').length === 2);
  await page.keyboard.press('ControlOrMeta+c');
  await page.keyboard.press('ControlOrMeta+v');
  await visible(node('double_2'));
  assert.match(await text(), /steps\.make_2\.output\.rows/);
  assert.deepEqual(await barriers(page), []);
  await node('make_2').focus();
  await page.keyboard.press('Delete');
  await node('make_2').waitFor({ state: 'detached' });
  await page.locator('.wp-canvas-box').focus();
  await page.keyboard.press('ControlOrMeta+z');
  await visible(node('make_2'));
  await page.keyboard.press('ControlOrMeta+z');
  await node('make_2').waitFor({ state: 'detached' });
});

room('a workflow is taken away as a file, and an expression says what it comes to', async () => {
  const { id: definition_id } = await one.post('/workflow/definitions', { source: TRIED.replace('tried', 'told') });
  const { id } = await one.post('/workflow/executions', { definition_id, params: { rows: 5 } });
  await ended(one, id);
  await go(`/workflows/${definition_id}?step=double`);
  await page.getByRole('region', { name: 'Step double' }).getByRole('combobox', { name: 'input' }).click();
  await visible(page.locator('.wp-preview').getByText('5', { exact: true }));
  assert.deepEqual(await barriers(page), []);
  await button('Export and import').click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Download as JSON' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'told.json');
  await page.locator('.cm-content').getByText('script.javascript').first().hover();
  await visible(page.locator('.wp-told strong').getByText('script.javascript'));
  await page.mouse.move(5, 5);
});

room('an execution that is no more says why', async () => {
  seen.expect(404);
  await go('/executions/0195f3c2-7a4e-7c1b-9d0e-3b8f5a2c6d71');
  await visible(page.getByText('There is no such execution'));
  seen.forget(404);
});

room('what somebody else saved meanwhile is shown, and neither text is lost', async () => {
  const source = QUICK.replace('quick', 'shared');
  const { id } = await one.post('/workflow/definitions', { source });
  await go(`/workflows/${id}?view=text`);
  const type = async (text) => {
    await page.locator('.cm-content').click();
    await page.keyboard.press('ControlOrMeta+End');
    await page.keyboard.insertText(text);
  };
  await visible(page.locator('.cm-content'));
  await type('  - {id: mine, uses: wait.for, with: {duration: 1s}}\n');
  await one.put(`/workflow/definitions/${id}`, { source: source.replace('return 1', 'return 2'), message: 'Theirs' });
  await visible(page.getByText('No problems found'));
  await page.keyboard.press('ControlOrMeta+s');
  const review = page.getByRole('dialog');
  await visible(review.getByText('Version 2 was saved while you were writing.'));
  await visible(review.getByText(/^\+ .*id: mine/));
  await visible(review.getByText(/^\+ .*return 2/));
  assert.deepEqual(await barriers(page), []);
  await review.getByRole('button', { name: 'Go on with theirs' }).click();
  await review.waitFor({ state: 'detached' });
  await visible(page.locator('.cm-content').getByText('return 2'));
  await button('Undo').click();
  await visible(page.locator('.cm-content').getByText('mine'));
  await visible(page.getByText('No problems found'));
  await button('Save').click();
  await visible(review.getByText('Steps added'));
  await page.keyboard.press('ControlOrMeta+Enter');
  await review.waitFor({ state: 'detached' });
  await visible(page.getByText(/^Version 3/));
  const { items } = await one.get(`/workflow/definitions/${id}/versions`);
  assert.deepEqual(
    items.map(({ version, message }) => [version, message]),
    [
      [3, null],
      [2, 'Theirs'],
      [1, null],
    ],
  );
});

room('a screen in Chinese tells what actions do in Chinese', async () => {
  const other = await enter(browser, { locale: 'zh-CN', theme: 'light' }, await one.session());
  await other.goto(`${BASE}/workflows/new?template=crawl`);
  await other.locator('.wp-node').first().click();
  const inspector = other.locator('.wp-inspector');
  await inspector.getByText('抓取网站').first().waitFor();
  await inspector.getByText('起始地址').first().waitFor();
  await other.context().close();
});

room('a filter of executions is kept with the account, renamed, and there in another browser', async () => {
  await go('/executions?status=failed');
  await button('Views').click();
  await page.getByRole('textbox', { name: 'Name of this view' }).fill('What fails');
  assert.deepEqual(await barriers(page), []);
  await button('Keep view').click();
  await page.getByRole('textbox', { name: 'Name of this view' }).waitFor({ state: 'hidden' });
  await button('Views').click();
  await button('Rename What fails').click();
  const name = page.getByRole('textbox', { name: 'New name of What fails' });
  await name.fill('What failed');
  assert.deepEqual(await barriers(page), []);
  await name.press('Enter');
  await visible(button('What failed'));
  const other = await enter(browser, { locale: 'zh-CN', theme: 'dark' }, await one.session());
  await other.goto(`${BASE}/executions`);
  await other.getByRole('button', { name: '视图', exact: true }).click();
  await other.getByRole('button', { name: 'What failed', exact: true }).click();
  await other.waitForURL((url) => url.search === '?status=failed');
  await other.context().close();
  await button('Forget What failed').click();
  await visible(page.getByText('No views are kept yet'));
  await page.keyboard.press('Escape');
});

room('a held batch says why in Chinese, too', async () => {
  const contract = { least_records: 2, most_nulls: { title: 0.1 } };
  await one.post('/datasets', { name: 'held_goods', key: ['id'], contract });
  await one.post('/datasets/held_goods/records', { records: [{ id: 9, title: null }] });
  const other = await enter(browser, { locale: 'zh-CN', theme: 'light' }, await one.session());
  await other.goto(`${BASE}/data/held_goods?tab=held`);
  await other.getByText('只有 1 条记录，至少需要 2 条').waitFor();
  await other.getByText('1 条记录中有 1 条没有值，最多允许 10%').waitFor();
  await other.context().close();
});

/** Starts a workflow of one step. */
async function start(name, step) {
  const source = `name: ${name}\nsteps:\n  - ${step}\n`;
  const { id: definition_id } = await one.post('/workflow/definitions', { source });
  return (await one.post('/workflow/executions', { definition_id })).id;
}

/** Waiting is no end here. */
async function became(id, status) {
  for (let tries = 0; tries < 100; tries++) {
    if ((await one.get(`/workflow/executions/${id}`)).status === status) return;
    await page.waitForTimeout(100);
  }
  assert.fail(`execution ${id} does not become ${status}`);
}

/** What the dashboard says needs attention, once that has a button of this name. */
async function attentionWith(name) {
  await go('/dashboard');
  const attention = page.getByRole('region', { name: 'Needs attention' });
  const found = attention.getByRole('button', { name });
  for (let tries = 0; tries < 20 && (await found.count()) === 0; tries++) {
    await page.waitForTimeout(500);
    await page.reload();
    await visible(attention);
    await page.waitForLoadState('networkidle');
  }
  return found;
}

room('what waits for an approval is approved on the dashboard, beside what waits for a time', async () => {
  const id = await start('asks', '{id: ask, uses: wait.signal, with: {message: Shall it go on}}');
  const resting = [];
  for (let number = 1; number <= 3; number++)
    resting.push(await start(`rests-${number}`, '{id: rest, uses: wait.for, with: {duration: 1h}}'));
  const approve = await attentionWith('Approve ask of asks');
  assert.deepEqual(await barriers(page), []);
  await approve.click();
  await became(id, 'succeeded');
  await approve.waitFor({ state: 'detached' });
  await one.post('/workflow/executions/bulk', { action: 'cancel', ids: resting });
});

room('runs are cancelled when that was asked once, alone and together', async () => {
  const ids = [];
  for (let number = 1; number <= 3; number++)
    ids.push(await start(`sleeps-${number}`, '{id: rest, uses: wait.for, with: {duration: 1h}}'));
  for (const id of ids) await became(id, 'waiting');
  await go(`/executions/${ids[0]}`);
  const question = page.getByRole('dialog');
  await button('Cancel run').click();
  await visible(question.getByText('Cancel this run of sleeps-1?'));
  assert.deepEqual(await barriers(page), []);
  await question.getByRole('button', { name: 'Let it run' }).click();
  await question.waitFor({ state: 'hidden' });
  await became(ids[0], 'waiting');
  await button('Cancel run').click();
  await question.getByRole('button', { name: 'Cancel run' }).click();
  await became(ids[0], 'cancelled');
  await go('/executions?status=waiting');
  for (const number of [2, 3]) await page.getByRole('checkbox', { name: `Choose sleeps-${number}` }).click();
  await button('Cancel chosen').click();
  await visible(question.getByText('Cancel 2 runs?'));
  await question.getByRole('button', { name: 'Cancel chosen' }).click();
  await visible(page.getByText('2 done, 0 left as they were'));
  for (const id of ids.slice(1)) await became(id, 'cancelled');
});

room('items that wait for approvals are answered one by one, wherever they are seen', async () => {
  const step = `{id: ask, uses: wait.signal, for_each: [a, b, c], max_parallel: 3, with: {message: "Take \${{ item }}"}}`;
  const id = await start('asks-each', step);
  await (await attentionWith('Approve ask.0 of asks-each')).click();
  await go('/executions?awaits_signal=true');
  await visible(page.getByText('Needs approval', { exact: true }));
  await page.getByRole('link', { name: /^asks-each/ }).click();
  await visible(page.getByText('Take b'));
  assert.deepEqual(await barriers(page), []);
  await button('Approve').click();
  await visible(page.getByText('Take c'));
  await page.getByRole('link', { name: 'ask.2', exact: true }).click();
  const drawer = page.getByRole('dialog');
  await drawer.getByRole('button', { name: 'Reject', exact: true }).click();
  await visible(drawer.getByText('the request was rejected'));
  await became(id, 'failed');
  const { items } = (await one.get(`/workflow/executions/${id}`)).steps[0];
  assert.deepEqual([items.succeeded, items.failed], [2, 1]);
});

/** Proxies for most of a plan, of which many are dead, and a host that had enough of those that work. */
async function troubles(someone) {
  const site = await strictSite();
  const alive = await Promise.all([forwardProxy(), forwardProxy(), forwardProxy()]);
  const dead = Array.from({ length: 14 }, (_, place) => `http://127.0.0.1:${place + 1}`);
  const { id: pool } = await someone.post('/proxy/pools', { name: 'attic', test_target: `${site.url}well` });
  const text = [...alive.map(({ address }) => address), ...dead].join('\n');
  await someone.post(`/proxy/pools/${pool}/import`, { text });
  // The third failure in a row is one too many.
  for (let times = 0; times < 3; times++) await someone.post(`/proxy/pools/${pool}/test`, {});
  const source = `name: asks too much
steps:
  - id: each
    uses: http.request
    for_each: [1, 2, 3, 4]
    on_error: continue
    with: {url: "${site.url}", proxy_pool: attic}
`;
  const { id: definition_id } = await someone.post('/workflow/definitions', { source });
  const { id } = await someone.post('/workflow/executions', { definition_id });
  await ended(someone, id);
  for (const each of [site, ...alive]) each.close();
  return { pool, host: new URL(site.url).host };
}

room('each trouble on the dashboard has the way to where it is dealt with', async () => {
  const troubled = await user('troubled');
  const { pool, host } = await troubles(troubled);
  const look = { locale: 'en', theme: 'light' };
  const other = await enter(browser, look, await troubled.session(), { width: 380, height: 800 });
  const noted = watch(other);
  const attention = other.getByRole('region', { name: 'Needs attention' });
  const follow = async (words, name) => {
    await other.goto(`${BASE}/dashboard`);
    await attention.getByRole('listitem').filter({ hasText: words }).getByRole('link', { name, exact: true }).click();
  };
  await follow('Proxies', 'See plans');
  await other.waitForURL(`${BASE}/plan`);
  await follow('attic: 14 in quarantine', 'Test proxies');
  await other.waitForURL(`${BASE}/proxies/${pool}?tab=tests`);
  await other.getByRole('table', { name: 'Tests' }).or(other.getByText('Finished')).first().waitFor();
  await follow(host, 'See host');
  await other.waitForURL((url) => url.pathname === `/proxies/${pool}` && url.searchParams.get('open') === host);
  await other.getByRole('dialog', { name: host }).waitFor();
  await other.goto(`${BASE}/dashboard`);
  const box = await attention.boundingBox();
  assert.ok(box && box.y < 600, 'on a phone they are seen without scrolling');
  assert.deepEqual(await barriers(other), []);
  assert.deepEqual(noted.complaints, []);
  await other.context().close();
});

room('on a phone a pie has its names below it, and the log of events all of its columns', async () => {
  await one.post('/datasets', { name: 'sorts', key: ['id'] });
  const kinds = ['a sort with a name that is too long for any phone', '都市'];
  const records = Array.from({ length: 8 }, (_, id) => ({ id, kind: kinds[id % 2] }));
  await one.post('/datasets/sorts/records', { records });
  const look = { locale: 'en', theme: 'light' };
  const root = await administrator();
  for (const [who, path, shown] of [
    [
      one,
      '/data/sorts?tab=chart&chart=pie&by=kind',
      (phone) => phone.getByRole('listitem').filter({ hasText: '都市' }).getByText('50%').waitFor(),
    ],
    [
      root,
      '/admin/events',
      async (phone) => {
        const table = phone.getByRole('region', { name: 'Events' });
        await table.getByText('Handled').first().waitFor();
        assert.ok(await table.evaluate((box) => box.scrollWidth <= box.clientWidth), 'nothing is beside the screen');
      },
    ],
  ]) {
    const phone = await enter(browser, look, await who.session(), { width: 380, height: 800 });
    await phone.goto(`${BASE}${path}`);
    await shown(phone);
    assert.deepEqual(await barriers(phone), []);
    await phone.context().close();
  }
});
