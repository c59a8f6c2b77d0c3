// What the guides in docs/guide say, done in the real interface in both languages beside the demo's
// synthetic site, with the pictures they show: docs/pictures. Fails at the first step that cannot be
// done as it is written there.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { BASE, enter, launch, mailedCode, watch } from './support.mjs';

const FOLDER = new URL('../../docs/pictures/', import.meta.url).pathname;
const SIZE = { width: 1280, height: 760 };
const MOST_BYTES = 100 * 1024;
const PASSWORD = 'correct horse battery';
const TROUBLE = tmpdir();
const faults = [];
const PEOPLE = { en: 'ada', zh: 'xiaoming' };

/** Starts the demo beside the server and tells where its site and proxies are. */
async function demo() {
  const settings = { ...process.env, DATA_DIR: dirname(process.env.E2E_MAIL_DIR) };
  const child = spawn(process.env.E2E_BINARY, ['demo', '--api', BASE], { env: settings });
  child.stderr.pipe(process.stderr);
  const world = { stop: () => child.kill() };
  for await (const line of createInterface(child.stdout)) {
    world.site ??= /^Demo site: +(\S+)/.exec(line)?.[1];
    world.proxies ??= /^Demo proxies: ([^(]+)/.exec(line)?.[1].trim().split(', ');
    if (line === 'Everything is as it should be.') return world;
  }
  throw new Error('the demo ended');
}

/** The hands of somebody who reads the guide in one language. */
function hands(page, language) {
  const say = (en, zh) => (language === 'en' ? en : zh);
  const press = (en, zh) =>
    page
      .getByRole('button', { name: say(en, zh), exact: true })
      .filter({ visible: true })
      .first()
      .click();
  const follow = (en, zh) =>
    page
      .getByRole('link', { name: say(en, zh), exact: true })
      .first()
      .click();
  const fill = (en, zh, text) => page.getByLabel(say(en, zh), { exact: true }).fill(text);
  const see = (en, zh) => page.getByText(say(en, zh)).filter({ visible: true }).first().waitFor();
  const at = (path) => page.waitForURL((url) => url.pathname.match(`^${path}$`) !== null);
  return {
    page,
    name: PEOPLE[language],
    say,
    press,
    follow,
    fill,
    see,
    at,
    picture: (name, height) => picture(page, `${name}.${language}`, height),
  };
}

async function picture(page, name, height = SIZE.height) {
  await page.setViewportSize({ ...SIZE, height });
  await page.waitForFunction(() => !document.querySelector('.wp-skeleton, [aria-busy="true"]'));
  await page.mouse.move(SIZE.width - 1, height - 1);
  await page.evaluate(() => document.activeElement?.blur());
  await page.waitForTimeout(400);
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 82 });
  await session.detach();
  await page.setViewportSize(SIZE);
  const bytes = Buffer.from(data, 'base64');
  if (bytes.length > MOST_BYTES) throw new Error(`${name} has ${bytes.length} bytes`);
  writeFileSync(`${FOLDER}${name}.webp`, bytes);
}

const finished = ({ page, say }) =>
  page.getByRole('heading').getByText(say('Succeeded', '成功'), { exact: true }).first().waitFor();

async function firstWorkflow(one) {
  const { page, press, follow, fill, see, at, say, name } = one;
  await page.goto(BASE);
  await at('/sign-in');
  await follow('Sign up', '注册');
  await fill('User name', '用户名', name);
  await fill('E-mail', '邮箱', `${name}@example.com`);
  await fill('Password', '密码', PASSWORD);
  await press('Send code', '发送验证码');
  await see('The code is on its way.', '验证码已发出');
  await page.getByLabel(say('Digit 1', '第 1 位')).click();
  await page.keyboard.insertText(await mailedCode(`${name}@example.com`));
  await press('Sign up', '注册');
  await at('/dashboard');
  await follow('Workflows', '工作流');
  await page.getByRole('link', { name: say(/^First steps/, /^第一步/) }).click();
  await at('/workflows/new');
  await see('No problems found', '没有发现问题');
  await press('Save', '保存');
  await at('/workflows/[0-9a-f-]{36}');
  await page.locator('.wp-node').first().waitFor();
  await one.picture('editor');
  await press('Run now', '立即运行');
  await page.getByRole('dialog').getByLabel('Count').fill('20');
  await one.picture('start', 420);
  await page
    .getByRole('dialog')
    .getByRole('button', { name: say('Run now', '立即运行') })
    .click();
  await at('/executions/[0-9a-f-]{36}');
  await finished(one);
  await follow('Data', '数据');
  await follow('squares', 'squares');
  await page.getByRole('cell', { name: '400', exact: true }).waitFor();
  await press('Export', '导出');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'CSV', exact: true }).click(),
  ]);
  if (download.suggestedFilename() !== 'squares.csv') throw new Error('the export has another name');
}

async function rankings(one, { site }) {
  const { page, press, follow, see, at, say } = one;
  await follow('Workflows', '工作流');
  await follow('Templates', '模板');
  await press('Use ranking-watch', '使用 ranking-watch');
  const drawer = page.getByRole('dialog');
  await drawer.getByLabel(say('Site', '网站')).fill(site);
  await one.picture('template', 640);
  await drawer.getByRole('button', { name: say('Create and run', '创建并运行') }).click();
  await at('/executions/[0-9a-f-]{36}');
  await finished(one);
  await page.locator('.wp-node').first().waitFor();
  await page.locator('.wp-bar').first().waitFor();
  await one.picture('run', 580);
  await follow('Data', '数据');
  await follow('qidian_ranking', 'qidian_ranking');
  await page.locator('.wp-table tbody tr').first().waitFor();
  await page.getByRole('button', { name: say('Columns', '显示列') }).click();
  for (const kept of [
    'author_id',
    'board',
    'cover',
    'intro',
    'latest_chapter',
    'updated_at',
    'status',
    'sub_category',
    'tags',
  ]) {
    const box = page.getByRole('checkbox', { name: kept, exact: true });
    if (await box.count()) await box.click();
  }
  await page.keyboard.press('Escape');
  await press('Sort by rank', '按 rank 排序');
  await page.waitForURL((url) => url.searchParams.get('sort') !== null);
  await one.picture('ranking');
  await page
    .getByRole('button', { name: say(/^Open record/, /^打开记录/) })
    .first()
    .click();
  await see('First seen', '首次出现');
  await page.keyboard.press('Escape');
  await press('Chart', '图表');
  await page.locator('.wp-chart canvas').first().waitFor();
  await page.goto(`${page.url()}&by=category`);
  await page.locator('.wp-chart canvas').first().waitFor();
  await one.picture('chart', 700);
  await press('Versions', '版本');
  await see('by a batch', '批次写入');
}

async function schedules(one) {
  const { page, press, follow, see, say } = one;
  await follow('Workflows', '工作流');
  await page.getByRole('link', { name: 'ranking-watch', exact: true }).click();
  await press('Triggers', '触发器');
  await see('Next times', '下次时刻');
  await press('Run past times', '补运行过去的时刻');
  const range = page.getByRole('dialog').locator('.ant-picker-range input');
  const day = (ago) => `${new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)} 00:30`;
  await range.first().fill(day(4));
  await page.keyboard.press('Enter');
  await range.last().fill(day(1));
  await page.keyboard.press('Enter');
  await press('Run them', '开始补运行');
  await see('3 started', '已启动 3 个');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: say('Cancel', '取消') })
    .click();
  await page.getByText(say('Run afterwards', '补运行'), { exact: true }).first().waitFor();
  await page.waitForTimeout(3000);
  await follow('Schedules', '定时');
  await page.locator('.wp-table tbody .wp-name').first().waitFor();
  await press('Calendar', '日历');
  await page.locator('.wp-mark').first().waitFor();
  await one.picture('schedule', 420);
  await page.locator('.wp-mark-name').first().click();
  const pause = page.getByRole('dialog').getByRole('switch').first();
  await pause.click();
  await page.getByRole('dialog').getByRole('switch', { checked: false }).waitFor();
  await pause.click();
  await page.getByRole('dialog').getByRole('switch', { checked: true }).waitFor();
  await page.keyboard.press('Escape');
}

async function proxies(one, { site, proxies: lines }) {
  const { page, press, follow, fill, see, at, say } = one;
  await follow('Proxies', '代理');
  await page
    .locator('.wp-page-header')
    .getByRole('button', { name: say('New pool', '新建代理池') })
    .click();
  await page.getByRole('textbox', { name: say('Name', '名称') }).fill('demo');
  await fill('Address that tests ask', '测试访问的地址', site);
  await press('Create pool', '创建');
  await at('/proxies/[0-9a-f-]{36}');
  await page
    .locator('.wp-page-header')
    .getByRole('button', { name: say('Import proxies', '导入代理') })
    .click();
  await fill('One proxy a line', '每行一个代理', lines.join('\n'));
  await press('Import', '导入');
  await see('3 added', '新增 3 个');
  await page.keyboard.press('Escape');
  await press('Test all', '全部测试');
  await see('2 reached', '2 个可达');
  await see('1 not reached', '1 个不可达');
  await follow('Workflows', '工作流');
  await page.getByRole('link', { name: 'ranking-watch', exact: true }).click();
  await page.locator('.wp-node', { hasText: 'qidian.ranking' }).click();
  await page.getByRole('textbox', { name: /proxy_pool/ }).fill('demo');
  await page.keyboard.press('Tab');
  await see('No problems found', '没有发现问题');
  await press('Save', '保存');
  await press('Save version 2', '保存为版本 2');
  await see('Version 2', '版本 2');
  await press('Run now', '立即运行');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: say('Run now', '立即运行') })
    .click();
  await at('/executions/[0-9a-f-]{36}');
  await finished(one);
  await follow('Proxies', '代理');
  await page.getByRole('link', { name: 'demo', exact: true }).click();
  await page.locator('.wp-table tbody tr').first().waitFor();
  // Counts are written down now and then.
  const counted = page.locator('.wp-table tbody td:nth-child(3)', { hasText: /^[1-9]/ });
  for (let tries = 0; tries < 20 && (await counted.count()) === 0; tries++) {
    await page.waitForTimeout(500);
    await page.reload();
    await page.locator('.wp-table tbody tr').first().waitFor();
  }
  await one.picture('pool', 580);
  await press('Hosts', '主机');
  await page.locator('.wp-heat').waitFor();
  await press('Explain', '选择解释');
  await fill('Host', '主机', new URL(site).host);
  await page
    .locator('form')
    .getByRole('button', { name: say('Explain', '解释') })
    .click();
  await see('would be chosen', '会选择');
  await press('Provider lists', '供应商列表');
  await see('No lists followed', '没有跟踪的列表');
  await press('Tests', '测试');
  await see('Finished', '已完成');
  await press('Statistics', '统计');
  await page.locator('.wp-charts canvas').nth(3).waitFor();
  await one.picture('statistics', 900);
}

async function automations(one) {
  const { page, press, follow, fill, see, at, say } = one;
  await follow('Automations', '自动化');
  await follow('New automation', '新建自动化');
  await at('/automations/new');
  await fill('Name', '名称', say('New books in the ranking', '榜单有新书'));
  await page.locator('#trigger_event').fill('dataset.changed');
  await page.keyboard.press('Tab');
  await page.getByText(say(/^Carries: /, /^携带：/)).waitFor();
  await page.locator('#trigger_if').fill("trigger.event.payload.dataset == 'qidian_ranking'");
  await page.keyboard.press('Tab');
  await page
    .locator('.wp-rule-action textarea, .wp-rule-action input[id$=title]')
    .first()
    .fill(say('The ranking changed', '榜单有变化'));
  await page.keyboard.press('Tab');
  await press('Try', '试一下');
  await see(/^Would have fired at [1-9]/, /会触发 [1-9]/);
  await one.picture('automation');
  await press('Create automation', '创建自动化');
  await at('/automations/[0-9a-f-]{36}');
  await follow('Workflows', '工作流');
  await page.getByRole('link', { name: 'ranking-watch', exact: true }).click();
  await press('Run now', '立即运行');
  const drawer = page.getByRole('dialog');
  await drawer.getByLabel(say('Ranking', '榜单')).click();
  await page.getByTitle('hotsales').click();
  await drawer.getByRole('button', { name: say('Run now', '立即运行') }).click();
  await at('/executions/[0-9a-f-]{36}');
  await finished(one);
  await page.locator('a[href="/notifications"]').first().click();
  await at('/notifications');
  const note = page.getByText(say('The ranking changed', '榜单有变化'));
  for (let tries = 0; tries < 20 && (await note.count()) === 0; tries++) {
    await page.waitForTimeout(500);
    await page.reload();
    await page.locator('h1').waitFor();
  }
  await note.first().waitFor();
  await follow('What you are told of', '通知设置');
  await at('/account/notifications');
  await page.getByRole('switch').first().waitFor();
  await one.picture('told', 780);
  await follow('Automations', '自动化');
  await follow('New books in the ranking', '榜单有新书');
  await at('/automations/[0-9a-f-]{36}');
  await press('History', '历史');
  await see('Done', '已完成');
}

async function overview(one) {
  const { page, follow } = one;
  await follow('Dashboard', '总览');
  await page.locator('.wp-stack-succeeded').first().waitFor();
  await one.picture('dashboard');
}

const GUIDES = { firstWorkflow, rankings, schedules, proxies, automations, overview };

async function tour(browser, language, world) {
  const page = await enter(browser, { locale: language === 'en' ? 'en' : 'zh-CN', theme: 'light' }, null, SIZE);
  const seen = watch(page);
  for (const [name, guide] of Object.entries(GUIDES)) {
    // Each guide goes on from what the ones before it left.
    try {
      await guide(hands(page, language), world);
      for (const complaint of seen.complaints.splice(0)) faults.push(`${name} ${language}: ${complaint}`);
    } catch (error) {
      faults.push(`${name} ${language}: ${error.stack}`);
      await page.screenshot({ path: `${TROUBLE}/guide-${name}.${language}.png` });
      break;
    }
  }
  await page.context().close();
}

mkdirSync(FOLDER, { recursive: true });
const world = await demo();
const browser = await launch();
try {
  for (const language of Object.keys(PEOPLE)) await tour(browser, language, world);
} finally {
  await browser.close();
  world.stop();
}
for (const fault of faults) console.error(fault);
console.log(`${faults.length} faults; pictures in ${FOLDER}`);
process.exit(faults.length > 0 ? 1 : 0);
