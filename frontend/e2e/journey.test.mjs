// The main job in a browser: sign up, write a workflow, run it, watch it, take the data home.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { totp } from '../../scripts/totp.mjs';
import { forwardProxy, slowSite } from './site.mjs';
import { BASE, barriers, launch, mailedCode, watch } from './support.mjs';

const USER = { name: 'journey', email: 'journey@example.com', password: 'correct horse battery' };

const workflow = (uses, site) => `name: slow-page
params:
  properties:
    pages: {type: integer, title: Pages, default: 3, minimum: 1, maximum: 9}
steps:
  - id: page
    uses: ${uses}
    with: {url: "${site}"}
  - id: read
    uses: html.extract
    with:
      html: "\${{ steps.page.output.body }}"
      fields: {title: title, heading: h1}
  - id: rows
    uses: script.javascript
    with:
      input: "\${{ {'count': params.pages, 'page': steps.read.output.record} }}"
      code: |
        return Array.from({length: input.count}, (_, i) => ({id: i + 1, ...input.page}))
  - id: save
    uses: dataset.upsert
    with: {dataset: headings, key: id, records: "\${{ steps.rows.output }}"}
`;

let browser;
let page;
let seen;
let site;
let proxy;

before(async () => {
  site = await slowSite();
  proxy = await forwardProxy();
  browser = await launch();
  // Without motion a button is where it was when it is pressed.
  const context = await browser.newContext({
    locale: 'en-US',
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
  });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  seen = watch(page);
});

after(async () => {
  await browser?.close();
  site?.close();
  proxy?.close();
});

let broken = false;

/** A stretch of the journey; without the one before, it has nowhere to start from. */
function stretch(name, go) {
  test(name, async () => {
    if (broken) throw new Error('an earlier stretch failed');
    broken = true;
    await go();
    assert.deepEqual(seen.complaints.splice(0), [], 'the browser has nothing to complain about');
    broken = false;
  });
}

const button = (name) => page.getByRole('button', { name, exact: true });
const visible = (locator) => locator.first().waitFor();
const at = (path) => page.waitForURL((url) => url.pathname === path || url.pathname.match(`^${path}$`) !== null);

async function write(text) {
  const editor = page.getByRole('textbox', { name: 'Workflow as YAML' });
  await editor.click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

stretch('a visitor is sent to sign in, in the language of the browser', async () => {
  await page.goto(BASE);
  await at('/sign-in');
  await visible(button('Sign in'));
  assert.deepEqual(await barriers(page), []);
});

stretch('signing up takes the code from the mail', async () => {
  await page.getByRole('link', { name: 'Sign up' }).click();
  await at('/sign-up');
  await button('Sign up').click();
  await visible(page.getByText('This is needed'));
  await page.getByLabel('User name').fill(USER.name);
  await page.getByLabel('E-mail').fill(USER.email);
  await page.getByLabel('Password', { exact: true }).fill(USER.password);
  await button('Send code').click();
  await visible(page.getByText('The code is on its way.'));
  await page.getByLabel('Digit 1').click();
  await page.keyboard.insertText(await mailedCode(USER.email));
  assert.deepEqual(await barriers(page), []);
  await button('Sign up').click();
  await at('/dashboard');
  await visible(page.getByText('No workflows yet'));
  assert.deepEqual(await barriers(page), []);
});

stretch('a fault in a workflow is shown at its line', async () => {
  await page.getByRole('link', { name: 'First steps' }).click();
  await at('/workflows/new');
  await visible(page.getByText('No problems found'));
  await write(workflow('http.reqest', site.url));
  const problems = page.getByRole('region', { name: 'Problems' });
  const fault = problems.getByRole('button', { name: 'http.reqest' });
  await visible(fault);
  assert.match(await fault.textContent(), /http\.request/, 'it says what was meant');
  assert.match(await fault.textContent(), /Line 7/);
  assert.equal(await button('Save').isDisabled(), true);
  assert.deepEqual(await barriers(page), []);
});

stretch('a mended workflow is saved', async () => {
  await write(workflow('http.request', site.url));
  await visible(page.getByText('No problems found'));
  await button('Save').click();
  await at('/workflows/[0-9a-f-]{36}');
  await visible(page.getByRole('heading', { name: 'slow-page' }));
  await visible(page.getByText('Saved', { exact: true }));
});

stretch('a step is added on the canvas, with its form, and undone', async () => {
  const graph = page.getByRole('region', { name: 'Workflow as a graph' });
  await graph.locator('.react-flow__node', { hasText: 'dataset.upsert' }).click();
  await visible(page.getByRole('region', { name: 'Step save' }));
  assert.deepEqual(await barriers(page), []);
  await page.getByRole('combobox', { name: 'Add step' }).click();
  await page.keyboard.type('wait.for');
  await page.keyboard.press('Enter');
  const step = page.getByRole('region', { name: 'Step wait_for' });
  await visible(step);
  await visible(page.getByRole('region', { name: 'Problems' }).getByRole('button').first());
  await step.getByRole('textbox', { name: 'duration' }).fill('1s');
  await page.keyboard.press('Tab');
  await visible(page.getByText('No problems found'));
  await step.getByRole('tab', { name: 'Flow' }).click();
  await visible(step.getByText('Waits for'));
  assert.deepEqual(await barriers(page), []);
  await button('Undo').click();
  await button('Undo').click();
  await graph.locator('.react-flow__node', { hasText: 'wait.for' }).waitFor({ state: 'detached' });
  await button('Redo').click();
  await button('Redo').click();
  await visible(page.getByText('No problems found'));
  await button('Save').click();
  const review = page.getByRole('dialog');
  await visible(review.getByText('Steps added'));
  await visible(review.getByText(/^\+ .*uses: wait\.for/));
  assert.deepEqual(await barriers(page), []);
  await review.getByLabel('What changed').fill('Waits a little');
  await page.keyboard.press('ControlOrMeta+Enter');
  await visible(page.getByText('Version 2'));
});

stretch('versions are compared, and an old one is restored', async () => {
  await button('Versions').click();
  await visible(page.getByRole('cell', { name: 'Waits a little' }));
  await button('Compare with the newest').click();
  await visible(page.getByRole('dialog').getByText('uses: wait.for'));
  assert.deepEqual(await barriers(page), []);
  await page.keyboard.press('Escape');
  await button('Restore').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
  await visible(page.getByText('Version 3'));
  await visible(page.getByRole('cell', { name: 'v3' }));
});

stretch('a run is watched live until it has finished', async () => {
  await button('Run now').click();
  const drawer = page.getByRole('dialog');
  await drawer.getByLabel('Pages').fill('4');
  await drawer.getByRole('button', { name: 'Run now' }).click();
  await at('/executions/[0-9a-f-]{36}');
  await visible(page.getByText('Running', { exact: true }));
  await page.evaluate(() => {
    window.notReloaded = true;
  });
  site.release();
  await visible(page.getByRole('heading').getByText('Succeeded', { exact: true }));
  assert.equal(await page.evaluate(() => window.notReloaded), true);
  for (const step of ['page', 'read', 'rows', 'save']) await visible(page.getByText(step, { exact: true }));
  assert.deepEqual(await barriers(page), []);
  await page.getByRole('tab', { name: 'Data' }).click();
  const written = page.getByRole('region', { name: 'Written into datasets' });
  await visible(written.getByRole('link', { name: 'headings' }));
  assert.deepEqual(await barriers(page), []);
});

stretch('it is run again from its own page', async () => {
  const first = page.url();
  await button('Run now').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Run now' }).click();
  await page.waitForURL((url) => url.pathname.startsWith('/executions/') && url.href !== first);
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await visible(page.getByRole('heading').getByText('Succeeded', { exact: true }));
});

stretch(
  'its steps are seen side by side in graph and time, and a step chosen in one is shown in the other',
  async () => {
    await visible(page.getByRole('region', { name: 'Timeline' }).locator('.wp-bar'));
    const node = page.locator('.react-flow__node', { hasText: 'read' });
    await visible(node.getByText('Succeeded'));
    assert.deepEqual(await barriers(page), []);
    await button('save').click();
    await page.waitForURL((url) => url.searchParams.get('step') === 'save');
    await visible(page.locator('.wp-node-chosen', { hasText: 'dataset.upsert' }));
    await node.click();
    await page.waitForURL((url) => url.searchParams.get('step') === 'read');
    await visible(page.locator('.wp-lane-chosen[data-lane=read]'));
    assert.equal(await button('read').getAttribute('aria-pressed'), 'true');
    assert.deepEqual(await barriers(page), []);
    await page.reload();
    await visible(page.locator('.wp-lane-chosen[data-lane=read]'));
  },
);

stretch('its journal is read event by event, and what it wrote and used is told', async () => {
  await page.getByRole('tab', { name: 'Journal' }).click();
  const journal = page.getByRole('region', { name: 'Journal' });
  await visible(journal.getByText('execution.created'));
  await visible(journal.getByText('execution.finished'));
  assert.deepEqual(await barriers(page), []);
  await page.getByRole('combobox', { name: 'Kind' }).click();
  await page.keyboard.type('step.succ');
  await page.keyboard.press('Enter');
  await journal.getByText('execution.created').waitFor({ state: 'detached' });
  await journal.locator('button', { hasText: 'save' }).click();
  const drawer = page.getByRole('dialog');
  await visible(drawer.getByText('step.succeeded'));
  await visible(drawer.getByRole('region', { name: 'Payload' }).getByText('"save"'));
  assert.deepEqual(await barriers(page), []);
  await drawer.getByRole('button', { name: 'Next event' }).click();
  await visible(drawer.getByText('execution.finished'));
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'hidden' });
  await page.getByRole('tab', { name: 'Data' }).click();
  await visible(page.getByText('No records changed'));
  assert.deepEqual(await barriers(page), []);
  await page.getByRole('tab', { name: 'Cost' }).click();
  await visible(page.getByRole('region', { name: 'Cost by steps' }).getByRole('link', { name: 'page' }));
  assert.deepEqual(await barriers(page), []);
});

stretch('it is run again from a step', async () => {
  const first = page.url();
  await page.getByRole('tab', { name: 'Steps' }).click();
  await page.locator('[data-step=rows] .wp-step-head').click();
  await page.waitForURL((url) => url.searchParams.get('step') === 'rows');
  await button('Run again from here').click();
  await page.waitForURL((url) => url.pathname.startsWith('/executions/') && !first.includes(url.pathname));
  await visible(page.getByRole('heading').getByText('Succeeded', { exact: true }));
});

stretch('runs are found by what started them, many are chosen, and what cannot be retried says why', async () => {
  await page.getByRole('link', { name: 'Executions', exact: true }).first().click();
  await at('/executions');
  await page.goto(`${BASE}/executions?trigger=rerun`);
  await visible(page.getByRole('cell', { name: 'Run again', exact: true }));
  assert.equal(await page.locator('tbody .wp-name').count(), 1);
  await page.goto(`${BASE}/executions`);
  await page.getByRole('checkbox', { name: 'Choose all that are shown' }).click();
  await visible(page.getByText('3 chosen'));
  assert.deepEqual(await barriers(page), []);
  await button('Retry chosen').click();
  await visible(page.getByText('0 done, 3 left as they were'));
});

stretch('a run waits for an approval, and its trigger is paused', async () => {
  await page.goto(`${BASE}/workflows/new?view=text`);
  await write(`name: asks-first
triggers:
  - cron: "0 8 * * *"
    timezone: Asia/Shanghai
steps:
  - id: ask
    uses: wait.signal
    with: {message: Shall it go on}
`);
  await visible(page.getByText('No problems found'));
  await button('Save').click();
  await at('/workflows/[0-9a-f-]{36}');
  await button('Triggers').click();
  await visible(page.getByText('Next times'));
  assert.deepEqual(await barriers(page), []);
  await page.getByRole('switch').click();
  await visible(page.getByText('paused', { exact: true }));
  await button('Run now').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Run now' }).click();
  await at('/executions/[0-9a-f-]{36}');
  await visible(page.getByText('Shall it go on'));
  assert.deepEqual(await barriers(page), []);
  await button('Approve').click();
  await visible(page.getByRole('heading').getByText('Succeeded', { exact: true }));
});

stretch('its records are shown, and exported as CSV and as JSON Lines', async () => {
  await page.getByRole('link', { name: 'Data', exact: true }).click();
  await at('/data');
  await page.getByRole('link', { name: 'headings' }).click();
  await visible(page.getByRole('cell', { name: 'At last' }));
  assert.equal(await page.getByRole('cell', { name: 'At last', exact: true }).count(), 4);
  assert.deepEqual(await barriers(page), []);
  const csv = await exported('CSV');
  assert.equal(csv.name, 'headings.csv');
  assert.equal(csv.text.match(/At last/g).length, 4);
  const { text } = await exported('JSON Lines');
  const lines = text.split('\n').filter((line) => line !== '');
  const rows = lines.map((line) => JSON.parse(line));
  const ids = rows.map((row) => row.id).sort();
  assert.deepEqual(ids, [1, 2, 3, 4]);
  assert.equal(rows[0].title, 'Late');
});

stretch('a record is found by its words and opened with its history', async () => {
  await page.getByRole('searchbox', { name: 'Search in all texts' }).fill('last');
  await page.keyboard.press('Enter');
  await at('/data/headings');
  await button('Sort by id').click();
  await page
    .getByRole('button', { name: /^Open record/ })
    .first()
    .click();
  const drawer = page.getByRole('dialog');
  await visible(drawer.getByText('First seen'));
  await visible(drawer.getByText('by a batch', { exact: false }).first());
  assert.deepEqual(await barriers(page), []);
  await page.keyboard.press('Escape');
});

stretch('a link shows the dataset until it is revoked', async () => {
  await button('Share links').click();
  await button('New link').click();
  await page.getByLabel('Whom it is for').fill('somebody');
  await button('Create link').click();
  const link = await page.locator('.wp-links code').first().textContent();
  const atom = await page.locator('.wp-links code', { hasText: 'changes.atom' }).textContent();
  assert.deepEqual(await barriers(page), []);
  await button('I have kept it').click();
  assert.equal((await page.request.get(`${link}/records`)).status(), 200);
  assert.match(await (await page.request.get(atom)).text(), /<feed/);
  await button('Revoke').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await visible(page.getByText('Revoked'));
  assert.equal((await page.request.get(`${link}/records`)).status(), 404);
});

stretch('columns are chosen, and the choice stands in the address', async () => {
  await button('Records').click();
  await page.getByRole('button', { name: /^Columns/ }).click();
  await page.getByRole('checkbox', { name: 'heading' }).click();
  await page.waitForURL((url) => url.searchParams.get('columns') === 'id,title');
  await page.keyboard.press('Escape');
  await page.reload();
  await visible(page.getByRole('cell', { name: 'Late', exact: true }));
  assert.equal(await page.getByRole('columnheader', { name: 'heading' }).count(), 0);
});

stretch('a chart is drawn of the records', async () => {
  await button('Chart').click();
  await visible(page.locator('.wp-chart canvas'));
  await page.getByText('Show the numbers').click();
  await visible(page.getByRole('row', { name: /^(Late|At last) 4$/ }));
  assert.deepEqual(await barriers(page), []);
});

stretch('a field shows its values, and gets a label', async () => {
  await button('Fields').click();
  await button('Values of id').click();
  await visible(page.getByRole('dialog').getByText('Different values'));
  assert.deepEqual(await barriers(page), []);
  await page.keyboard.press('Escape');
  await button('Edit field title').click();
  await page.getByLabel('Label').fill('Page title');
  await button('Save').click();
  await visible(page.getByRole('cell', { name: 'title Page title' }));
});

stretch('a file that breaks the contract waits, and is published', async () => {
  await button('Terms').click();
  await page.getByLabel('Least records of a batch').fill('3');
  await button('Save').click();
  await visible(page.getByText('Saved', { exact: true }));
  assert.deepEqual(await barriers(page), []);
  await button('Import file').click();
  const file = { name: 'more.csv', mimeType: 'text/csv', buffer: Buffer.from('id,title\n9,Later\n10\n') };
  await page.locator('input[type=file]').setInputFiles(file);
  await button('Import').click();
  await visible(page.getByText('The file breaks the contract and waits for review.'));
  await visible(page.getByText('Line 3'));
  assert.deepEqual(await barriers(page), []);
  await page.keyboard.press('Escape');
  await button('Held batches').click();
  await button('Look at it').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Publish batch' }).click();
  await page.getByRole('dialog').last().getByRole('button', { name: 'Publish batch' }).click();
  await visible(page.getByText('Released', { exact: true }));
  await page.keyboard.press('Escape');
  await button('Versions').click();
  await visible(page.getByRole('cell', { name: 'by a released batch' }));
});

stretch('a dataset is made before there are records', async () => {
  await page.getByRole('link', { name: 'Data', exact: true }).first().click();
  await button('New dataset').click();
  await page.getByRole('textbox', { name: 'Dataset' }).fill('shelf');
  await page.getByLabel('Key fields').click();
  await page.keyboard.type('isbn');
  await page.keyboard.press('Enter');
  assert.deepEqual(await barriers(page), []);
  await button('Create dataset').click();
  await at('/data/shelf');
  await visible(page.getByText('No fields yet'));
});

/** A page of a note as a browser saves it. */
function savedNote() {
  const noteId = '64f1a2b3000000001e03c0de';
  const note = {
    noteId,
    type: 'normal',
    title: 'A quiet reading corner',
    desc: 'Lamp and chair. #reading[话题]#',
    time: 1_790_000_000_000,
    user: { userId: '5f00000000000000000000aa', nickname: 'somebody' },
    tagList: [{ id: 't1', name: 'reading', type: 'topic' }],
    imageList: [],
    interactInfo: { likedCount: '12', collectedCount: '3', commentCount: '1', shareCount: '0' },
  };
  const state = { note: { firstNoteId: noteId, noteDetailMap: { [noteId]: { note } } } };
  const text = `<html><body><script>window.__INITIAL_STATE__=${JSON.stringify(state)}</script></body></html>`;
  return { name: 'note.html', mimeType: 'text/html', buffer: Buffer.from(text) };
}

async function exported(format) {
  await button('Export').click();
  const entry = page.getByRole('menuitem', { name: format, exact: true });
  const [download] = await Promise.all([page.waitForEvent('download'), entry.click()]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
}

stretch('a saved page is uploaded, and a template imports it', async () => {
  await page.getByRole('link', { name: 'Data', exact: true }).first().click();
  await page.getByRole('link', { name: 'Uploaded files' }).click();
  await at('/files');
  await visible(page.getByText('No files yet'));
  assert.deepEqual(await barriers(page), []);
  await page.locator('input[type=file]').setInputFiles(savedNote());
  await visible(button('Download note.html'));
  await page.getByRole('link', { name: 'Workflows', exact: true }).first().click();
  await page.getByRole('link', { name: 'Templates' }).click();
  await at('/workflows/templates');
  await button('Use note-import-tags').click();
  await button('Create and run').click();
  await visible(page.getByText('This is needed'));
  await page.getByRole('combobox', { name: 'Files' }).click();
  await page.getByTitle('note.html').click();
  await page.keyboard.press('Escape');
  assert.deepEqual(await barriers(page), []);
  await button('Create and run').click();
  await at('/executions/[0-9a-f-]{36}');
  await visible(page.getByRole('heading').getByText('Succeeded', { exact: true }));
  await page.getByRole('link', { name: 'Data', exact: true }).first().click();
  await page.getByRole('link', { name: 'xiaohongshu_notes' }).click();
  await visible(page.getByRole('cell', { name: 'A quiet reading corner' }));
});

stretch('a pool takes in proxies and reports every line it refuses', async () => {
  await page.getByRole('link', { name: 'Proxies', exact: true }).click();
  await page.locator('.wp-page-header').getByRole('button', { name: 'New pool' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('spare');
  await page.getByLabel('Address that tests ask').fill(site.url);
  assert.deepEqual(await barriers(page), []);
  await button('Create pool').click();
  await at('/proxies/[0-9a-f-]{36}');
  await page.locator('.wp-page-header').getByRole('button', { name: 'Import proxies' }).click();
  await page.getByLabel('One proxy a line').fill(`${proxy.address}\nhttp://127.0.0.1:9\nno proxy at all\n`);
  await button('Import').click();
  await visible(page.getByText('2 added, 0 known already, 1 rejected'));
  await visible(page.getByText('Line 3'));
  assert.deepEqual(await barriers(page), []);
  await page.keyboard.press('Escape');
});

stretch('a test of the pool is watched live', async () => {
  await button('Test all').click();
  const test = page.getByRole('region', { name: 'Test of the pool' });
  await visible(test.getByText('1 reached', { exact: true }));
  await visible(test.getByText('1 not reached', { exact: true }));
  await visible(test.getByText('2 / 2'));
  assert.deepEqual(await barriers(page), []);
  await button('Tests').click();
  await visible(page.getByText('Finished'));
});

stretch('a pool tells which proxy it would choose, and why', async () => {
  await button('Explain').first().click();
  await page.getByRole('textbox', { name: 'Host' }).fill('site.example:443');
  await page.locator('form').getByRole('button', { name: 'Explain' }).click();
  await page.waitForURL((url) => url.searchParams.get('host') === 'site.example:443');
  await visible(page.getByText(/would be chosen: the best score/));
  await visible(page.getByRole('region', { name: 'Candidates' }));
  assert.deepEqual(await barriers(page), []);
});

stretch('terms of a pool and of a proxy are changed, and a list is followed', async () => {
  await button('Settings').click();
  await page.getByLabel('Requests at once through one proxy').fill('3');
  await button('Save').click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.locator('.wp-segments').getByRole('button', { name: 'Proxies' }).click();
  await button(`Open proxy ${proxy.address}`).click();
  await page.getByRole('textbox', { name: 'Label' }).fill('the good one');
  assert.deepEqual(await barriers(page), []);
  await button('Save').click();
  await visible(page.getByText('the good one'));
  await button('Provider lists').click();
  await button('Follow a list').click();
  await page.getByLabel('Address of the list').fill(`${site.url}list.txt`);
  assert.deepEqual(await barriers(page), []);
  await button('Follow list').click();
  await visible(page.getByRole('switch', { name: /^Follow / }));
});

stretch('unsaved changes are not lost by a click, nor by going back', async () => {
  await page.getByRole('link', { name: 'Workflows', exact: true }).first().click();
  await page.getByRole('link', { name: 'slow-page' }).click();
  await at('/workflows/[0-9a-f-]{36}');
  await write('name: half-written');
  const asked = page.getByRole('dialog', { name: 'Leave without saving?' });
  await page.getByRole('link', { name: 'Data', exact: true }).click();
  await asked.getByRole('button', { name: 'Keep editing' }).click();
  await asked.waitFor({ state: 'hidden' });
  await page.goBack();
  await asked.getByRole('button', { name: 'Keep editing' }).click();
  await asked.waitFor({ state: 'hidden' });
  await at('/workflows/[0-9a-f-]{36}');
  assert.match(await page.locator('.cm-content').textContent(), /half-written/);
  await page.goBack();
  await asked.getByRole('button', { name: 'Discard changes' }).click();
  await at('/workflows');
  await visible(page.getByRole('link', { name: 'slow-page' }));
});

stretch('a key is shown once, works, and is refused once revoked', async () => {
  await button(USER.name).click();
  await page.getByRole('link', { name: 'Account' }).click();
  await page.getByRole('link', { name: 'API keys' }).click();
  await at('/account/api-keys');
  await page.locator('.wp-page-header').getByRole('button', { name: 'New key' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('build server');
  await page.getByText('See your profile').click();
  assert.deepEqual(await barriers(page), []);
  await button('Create key').click();
  const key = await page.locator('.wp-secret').textContent();
  const me = () => fetch(`${BASE}/api/v1/users/me`, { headers: { authorization: `Bearer ${key}` } });
  assert.equal((await (await me()).json()).data.username, USER.name);
  await button('I have kept it').click();
  await visible(page.getByText('build server'));
  assert.ok(!(await page.content()).includes(key), 'the key is not seen again');
  await button('Revoke').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await visible(page.getByText('No keys yet'));
  assert.equal((await me()).status, 401);
});

stretch('the rooms of administrators have no door for others', async () => {
  assert.equal(await page.getByRole('link', { name: 'Administration', exact: true }).count(), 0);
  seen.expect(403);
  await page.goto(`${BASE}/admin/users`);
  await visible(page.getByRole('alert'));
  seen.forget(403);
  await page.goto(`${BASE}/workflows`);
  await at('/workflows');
});

stretch('signing out ends the session, and signing in begins another', async () => {
  await button(USER.name).click();
  await button('Sign out').click();
  await at('/sign-in');
  await page.goto(`${BASE}/workflows`);
  await at('/sign-in');
  await page.getByLabel('User name or e-mail').fill(USER.email);
  await page.getByLabel('Password', { exact: true }).fill('wrong horse battery');
  seen.expect(401);
  await button('Sign in').click();
  await visible(page.getByRole('alert'));
  seen.forget(401);
  await page.getByLabel('Password', { exact: true }).fill(USER.password);
  await button('Sign in').click();
  await at('/workflows');
  await visible(page.getByRole('link', { name: 'slow-page' }));
});

stretch('an authenticator is enrolled, and asked for when signing in', async () => {
  await button(USER.name).click();
  await page.getByRole('link', { name: 'Account', exact: true }).click();
  await at('/account/security');
  await button('Set up an authenticator').click();
  const key = await page.getByTestId('totp-key').textContent();
  assert.deepEqual(await barriers(page), []);
  const enrolment = page.locator('form', { has: page.getByTestId('totp-key') });
  await enrolment.getByLabel('Digit 1').click();
  await page.keyboard.insertText(totp(key, 0));
  await button('Switch on').click();
  await visible(page.getByText('Recovery codes', { exact: true }));
  assert.equal(await page.locator('.wp-recovery-codes code').count(), 10);
  await button('I have kept them').click();
  await visible(page.getByText('Recovery codes left: 10'));
  await button(USER.name).click();
  await button('Sign out').click();
  await at('/sign-in');
  await page.getByLabel('User name or e-mail').fill(USER.email);
  await page.getByLabel('Password', { exact: true }).fill(USER.password);
  seen.expect(401);
  await button('Sign in').click();
  await page.getByLabel('Digit 1').click();
  assert.deepEqual(await barriers(page), []);
  // Each code works once: the next one is good already.
  await page.keyboard.insertText(totp(key, 1));
  await at('/account/security');
  seen.forget(401);
});

stretch('the interface speaks Chinese and keeps to the dark', async () => {
  await button('中文').click();
  await visible(page.getByRole('link', { name: '工作流' }));
  await button('深色').click();
  await page.reload();
  await visible(page.getByRole('link', { name: '工作流' }));
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'zh-CN');
  assert.deepEqual(await barriers(page), []);
});

stretch('what another user owns is not there', async () => {
  seen.expect(404);
  await page.goto(`${BASE}/executions/01a2095a-d392-7fa0-95bf-e4a8c84970cc`);
  await visible(page.getByText('没有这次执行'));
  seen.forget(404);
});

stretch('an administrator finds, suspends and deletes a user, and reads who did it', async () => {
  await page.goto(`${BASE}/workflows`);
  await button('English').click();
  await button(USER.name).click();
  await button('Sign out').click();
  await at('/sign-in');
  await page.goto(`${BASE}/workflows`);
  await at('/sign-in');
  await page.getByLabel('User name or e-mail').fill('root@example.com');
  await page.getByLabel('Password', { exact: true }).fill(USER.password);
  await button('Sign in').click();
  await at('/workflows');
  await page.getByRole('link', { name: 'Administration', exact: true }).click();
  await page.getByRole('searchbox').fill(USER.name);
  await page.keyboard.press('Enter');
  await button(USER.name).click();
  const card = page.getByRole('dialog').first();
  await visible(card.getByText('Open sessions'));
  await card.getByRole('button', { name: 'Suspend' }).click();
  await page.getByRole('dialog').last().getByRole('button', { name: 'Suspend' }).click();
  await visible(card.getByText('Suspended'));
  assert.deepEqual(await barriers(page), []);
  await card.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').last().getByRole('button', { name: 'Delete' }).click();
  await visible(page.getByText('Nobody matches'));
  await page.getByRole('link', { name: 'Audit log', exact: true }).click();
  await visible(page.getByText('user.deleted'));
  assert.deepEqual(await barriers(page), []);
});

stretch('an administrator decides about a host, with a reason', async () => {
  await page.getByRole('link', { name: 'Hosts', exact: true }).click();
  await visible(page.getByText('No decisions'));
  await button('Decide about a host').click();
  await page.getByRole('textbox', { name: 'Host' }).fill('slow.example');
  await page.getByLabel('Requests a second').fill('0.5');
  await page.getByLabel('Reason').fill('asked us to be gentle');
  assert.deepEqual(await barriers(page), []);
  await button('Decide').click();
  await visible(page.getByRole('cell', { name: 'slow.example' }));
  await button('Take back').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click();
  await visible(page.getByText('No decisions'));
  await page.getByRole('link', { name: 'Events', exact: true }).click();
  await page.getByText('Parked', { exact: true }).first().click();
  await visible(page.getByText('Nothing is parked'));
  assert.deepEqual(await barriers(page), []);
});
