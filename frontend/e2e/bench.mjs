// How fast the interface is in a real browser, beside its goals: first load, a list of a million
// executions, a graph of 5,000 steps, a log of 100,000 lines, a journal of 100,000 events.
// Usage: bench.mjs [--json FILE]; ONLY=graph,log measures these alone, of load, list, graph, log and journal.
//
// A latency is the time from an input (wheel, press, key, move) to after the next frame: what the
// Event Timing API calls the duration of an interaction, here of wheels and moves as well.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ended, user } from './platform.mjs';
import { BASE, enter, launch } from './support.mjs';

const ROWS = Number(process.env.ROWS ?? 1_000_000);
const LINES = Number(process.env.LINES ?? 100_000);
/** One of each item, and a few of the run itself. */
const EVENTS = Number(process.env.EVENTS ?? 100_000);
/** The most that one workflow may have, and ten times as many. */
const STEPS = [500, 5_000];
/** The most that one step may have. */
const ITEMS = Math.min(10_000, EVENTS);
const [OF_ROWS, OF_LINES, OF_EVENTS] = [ROWS, LINES, EVENTS].map((count) => count.toLocaleString('en'));
const PARTS = process.env.ONLY?.split(',') ?? ['load', 'list', 'graph', 'log', 'journal'];
const LAYER = 25;
const LOOK = { locale: 'en', theme: 'light' };
const SIZE = { width: 1440, height: 900 };
const LOADS = 5;
const GOAL = { script_kb: 200, interactive_ms: 1000, latency_ms: 100 };
const SEED = new URL('../../scripts/seed-ui.py', import.meta.url).pathname;

const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? 0;
const results = [];
function told(what, figure, unit, goal, note = '') {
  results.push({ what, figure, unit, goal: goal ?? null, note });
  const beside = goal === undefined ? '' : `goal ${goal}${figure <= goal ? '' : ', missed'}`;
  console.log(
    `${what.padEnd(58)} ${figure.toFixed(1).padStart(9)} ${unit.padEnd(3)} ${beside.padEnd(18)} ${note}`.trimEnd(),
  );
}

/** Runs in the page, before anything of it. */
function probe() {
  window.latencies = [];
  window.longUntil = 0;
  const channel = new MessageChannel();
  const waiting = [];
  channel.port1.onmessage = () => {
    for (const start of waiting.splice(0)) window.latencies.push(performance.now() - start);
  };
  for (const kind of ['wheel', 'pointerdown', 'click', 'keydown', 'pointermove']) {
    const note = ({ timeStamp }) =>
      requestAnimationFrame(() => {
        waiting.push(timeStamp);
        channel.port2.postMessage(null);
      });
    addEventListener(kind, note, { capture: true, passive: true });
  }
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) window.longUntil = startTime + duration;
  }).observe({ type: 'longtask', buffered: true });
}

/** Runs in the page as well: notes when the form can be sent. It looks at every frame, and so weighs on it. */
function lookForForm() {
  const look = () => {
    if (document.querySelector('form button[type=submit]:not([disabled])')) window.usableAt = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** What the inputs of `act` took; told as their 95th percentile. */
async function latency(page, what, act) {
  await page.evaluate(() => window.latencies.splice(0));
  const begun = performance.now();
  await act();
  const took = performance.now() - begun;
  await page.waitForTimeout(300);
  const found = await page.evaluate(() => window.latencies.splice(0));
  const note = `p50 ${quantile(found, 0.5).toFixed(0)}, most ${Math.max(...found).toFixed(0)}, ${found.length} inputs`;
  told(`${what}, p95`, quantile(found, 0.95), 'ms', GOAL.latency_ms, note);
  return took;
}

async function wheel(page, times, by) {
  for (let time = 0; time < times; time++) {
    await page.mouse.wheel(0, by);
    await page.waitForTimeout(16);
  }
}

async function firstLoad(browser) {
  const loads = [];
  let bytes = 0;
  for (let load = 0; load < LOADS; load++) {
    const page = await enter(browser, { ...LOOK, locale: 'zh-CN' }, null, SIZE);
    await page.addInitScript(probe);
    await page.addInitScript(lookForForm);
    const session = await page.context().newCDPSession(page);
    const headers = new Map();
    bytes = 0;
    session.on('Network.responseReceived', ({ requestId, type, response }) => {
      if (type === 'Script') headers.set(requestId, response.encodedDataLength);
    });
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (headers.has(requestId)) bytes += encodedDataLength - headers.get(requestId);
    });
    await session.send('Network.enable');
    await page.goto(`${BASE}/sign-in`);
    await page.waitForFunction(() => window.usableAt);
    await page.waitForLoadState('networkidle');
    loads.push(await page.evaluate(() => Math.max(window.usableAt, window.longUntil)));
    await page.context().close();
  }
  told('sign-in: JavaScript, as compressed by the server', bytes / 1024, 'KB', GOAL.script_kb);
  const note = `median of ${LOADS} with an empty cache, most ${Math.max(...loads).toFixed(0)}`;
  told('sign-in: time to interactive', quantile(loads, 0.5), 'ms', GOAL.interactive_ms, note);
}

async function open(page, path, shown) {
  const begun = performance.now();
  await page.goto(`${BASE}${path}`);
  await page.locator(shown).first().waitFor({ timeout: 180_000 });
  return performance.now() - begun;
}

async function list(page) {
  told(`${OF_ROWS} executions: opened to rows`, await open(page, '/executions', '.wp-table tbody .wp-name'), 'ms');
  const rows = page.locator('.wp-table tbody:last-child tr');
  await latency(page, `${OF_ROWS} executions: 1,000 rows loaded, page by page`, async () => {
    for (let pages = 1; pages < 20; pages++) {
      await page.getByRole('button', { name: 'Load more' }).click();
      await page.waitForFunction(
        (least) => Number(document.querySelector('.wp-table').dataset.rows) >= least,
        (pages + 1) * 50,
      );
    }
  });
  await page.mouse.move(SIZE.width / 2, SIZE.height / 2);
  await latency(page, `${OF_ROWS} executions: scrolled through them`, async () => {
    await wheel(page, 60, -700);
    await wheel(page, 60, 700);
  });
  await latency(page, `${OF_ROWS} executions: ten rows chosen`, async () => {
    for (let row = 0; row < 10; row++) await rows.nth(row).locator('input').click();
  });
  await open(page, '/executions', '.wp-table tbody .wp-name');
  const took = await latency(page, `${OF_ROWS} executions: filtered by state`, async () => {
    await page.getByRole('combobox', { name: 'State', exact: true }).click();
    await page.getByTitle('Failed', { exact: true }).click();
    await page.waitForFunction(() => {
      const shown = [...document.querySelectorAll('tbody .wp-status')];
      return shown.length > 0 && shown.every(({ dataset }) => dataset.status === 'failed');
    });
  });
  told(`${OF_ROWS} executions: two clicks to the rows of the filter`, took, 'ms');
  const searched = await latency(page, `${OF_ROWS} executions: a name typed and looked for`, async () => {
    await page.getByRole('searchbox').or(page.locator('search input')).first().click();
    await page.keyboard.type('bench-second', { delay: 40 });
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('q') === 'bench-second');
    await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'));
  });
  told(`${OF_ROWS} executions: typed and found, 0.5 s of typing`, searched, 'ms');
}

async function graph(page, execution, version, count) {
  const path = `/executions/${execution.id}`;
  const name = `${count.toLocaleString('en')} steps`;
  if (version) await page.route(/\/versions\/\d+$/, (route) => route.fulfill({ json: version }));
  told(`graph of ${name}: opened to drawn`, await open(page, path, '.wp-node, .wp-drawing'), 'ms');
  await page.waitForTimeout(1000);
  const { x, y, width, height } = await page.locator('.wp-canvas').boundingBox();
  const [left, top] = [x + width / 2, y + height / 2];
  const drag = async () => {
    await page.mouse.move(left, top);
    await page.mouse.down();
    for (let move = 1; move <= 60; move++) await page.mouse.move(left + move * 4, top + Math.sin(move / 6) * 60);
    await page.mouse.up();
  };
  await latency(page, `graph of ${name}: moved about, all in view`, drag);
  await latency(page, `graph of ${name}: magnified and back`, async () => {
    await wheel(page, 30, -120);
    await wheel(page, 15, 120);
  });
  await latency(page, `graph of ${name}: moved about, magnified`, drag);
  if (version) await page.unroute(/\/versions\/\d+$/);
}

async function log(page, { id }) {
  told(`log of ${OF_LINES} lines: opened to lines`, await open(page, `/executions/${id}?tab=logs`, '.wp-log'), 'ms');
  await page.mouse.move(SIZE.width / 2, SIZE.height / 2 + 100);
  await latency(page, `log of ${OF_LINES} lines: scrolled while it loads`, () => wheel(page, 120, 400));
  const begun = performance.now();
  await page.evaluate(async (lines) => {
    const log = document.querySelector('.wp-logs');
    while (Number(log.dataset.lines) < lines) {
      log.scrollTop = log.scrollHeight;
      await new Promise((done) => setTimeout(done, 10));
    }
  }, LINES);
  told(`log of ${OF_LINES} lines: all of it loaded`, (performance.now() - begun) / 1000, 's');
  await latency(page, `log of ${OF_LINES} lines: scrolled, all loaded`, async () => {
    await wheel(page, 60, -900);
    for (const share of [0.1, 0.5, 0.9]) {
      await page.evaluate((at) => {
        const log = document.querySelector('.wp-logs');
        log.scrollTop = log.scrollHeight * at;
      }, share);
      await wheel(page, 20, 900);
    }
  });
  const found = await latency(page, `log of ${OF_LINES} lines: words typed and looked for`, async () => {
    await page.getByLabel('Search log lines').or(page.locator('search input')).first().click();
    await page.keyboard.type(`page ${LINES - 3} `, { delay: 40 });
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => Number(document.querySelector('.wp-logs')?.dataset.lines ?? 0) < 100);
  });
  told(`log of ${OF_LINES} lines: typed and found, 0.5 s of typing`, found, 'ms');
}

async function journal(page, { id }) {
  const what = `journal of ${OF_EVENTS} events`;
  told(`${what}: opened to events`, await open(page, `/executions/${id}?tab=journal`, '.wp-event-seq'), 'ms');
  await page.mouse.move(SIZE.width / 2, SIZE.height / 2 + 100);
  await latency(page, `${what}: scrolled while it loads`, () => wheel(page, 120, 400));
  await latency(page, `${what}: scrolled, here and there`, async () => {
    for (const share of [0.1, 0.5, 0.9]) {
      await page.evaluate((at) => {
        const events = document.querySelector('.wp-journal');
        events.scrollTop = events.scrollHeight * at;
      }, share);
      await wheel(page, 20, 900);
    }
  });
  const gone = await latency(page, `${what}: gone to the last by its number`, async () => {
    await page.getByRole('spinbutton', { name: 'Go to number' }).click();
    await page.keyboard.type(String(EVENTS), { delay: 40 });
    await page.keyboard.press('Enter');
    await page.locator('.wp-event-seq', { hasText: new RegExp(`^${EVENTS}$`) }).waitFor();
  });
  told(`${what}: typed and there, 0.2 s of typing`, gone, 'ms');
  await latency(page, `${what}: one opened, and ten beside it`, async () => {
    await page.locator('.wp-event button').first().click();
    for (let event = 0; event < 10; event++) {
      await page.getByRole('button', { name: 'Event before' }).click();
      await page.locator('.ant-drawer-body .wp-json').waitFor();
    }
    await page.keyboard.press('Escape');
  });
  const found = await latency(page, `${what}: only those of a kind`, async () => {
    await page.getByRole('combobox', { name: 'Kind', exact: true }).click();
    await page.keyboard.type('expanded', { delay: 40 });
    await page.keyboard.press('Enter');
    await page.waitForFunction(
      (count) => Number(document.querySelector('.wp-journal')?.dataset.events) === count,
      EVENTS / ITEMS,
    );
  });
  told(`${what}: chosen and found, 0.3 s of typing`, found, 'ms');
}

/** In layers, each step after the one above it and now and then its neighbour. */
const layered = (count) =>
  Array.from({ length: count }, (_, place) => ({
    id: `s${place}`,
    uses: 'script.javascript',
    needs: place < LAYER ? [] : [`s${place - LAYER}`, ...(place % 5 === 0 ? [`s${place - LAYER + 1}`] : [])],
  }));

const asText = (name, steps) =>
  `name: ${name}\nsteps:\n${steps
    .map(
      ({ id, uses, needs }) =>
        `  - {id: ${id}, uses: ${uses}, needs: [${needs}], with: {code: "console.log('done'); return 1"}}`,
    )
    .join('\n')}\n`;

/** A step that lists them, and others that each do something with all of them. */
const itemized = () => {
  const all = `{id: all, uses: script.javascript, with: {code: "return Array.from({length: ${ITEMS}}, (_, i) => i)"}}`;
  const each = (place) =>
    `{id: each${place}, uses: script.javascript, for_each: "\${{ steps.all.output }}", max_parallel: 100, with: {code: "return 1"}}`;
  const steps = [all, ...Array.from({ length: EVENTS / ITEMS }, (_, place) => each(place))];
  return `name: bench-third\nsteps:\n${steps.map((step) => `  - ${step}`).join('\n')}\n`;
};

const FAILING = 'name: bench-second\nsteps:\n  - {id: refused, uses: http.request, with: {url: "http://10.0.0.1/"}}\n';

async function executed(one, source) {
  const { id: definition } = await one.post('/workflow/definitions', { source });
  const { id } = await one.post('/workflow/executions', { definition_id: definition });
  await ended(one, id, 300);
  return { id, definition };
}

const one = await user('bench');
const wide = await executed(one, asText('bench-first', layered(STEPS[0])));
const failing = await executed(one, FAILING);
const long = await executed(one, itemized());
// Lines are written down in a moment.
while ((await one.get(`/workflow/executions/${wide.id}/logs?limit=1`)).items.length === 0);
const database = join(dirname(process.env.E2E_MAIL_DIR), 'workflow-platform.db');
const begun = performance.now();
execFileSync('python3', [SEED, database, String(ROWS), String(LINES), wide.id, wide.id, failing.id]);
console.log(`${ROWS} executions and ${LINES} lines made in ${((performance.now() - begun) / 1000).toFixed(0)} s\n`);

const browser = await launch();
try {
  const part = async (name, measure) => PARTS.includes(name) && (await measure());
  await part('load', () => firstLoad(browser));
  const page = await enter(browser, LOOK, await one.session(), SIZE);
  await page.addInitScript(probe);
  await part('list', () => list(page));
  await part('graph', async () => {
    await graph(page, wide, null, STEPS[0]);
    const version = await one.get(`/workflow/definitions/${wide.definition}/versions/1`);
    const larger = { ...version, definition: { ...version.definition, steps: layered(STEPS[1]) } };
    await graph(page, wide, { success: true, data: larger }, STEPS[1]);
  });
  await part('log', () => log(page, wide));
  await part('journal', () => journal(page, long));
} finally {
  await browser.close();
}
const at = process.argv.indexOf('--json');
if (at > 0) writeFileSync(process.argv[at + 1], `${JSON.stringify({ goals: GOAL, results }, null, 2)}\n`);
