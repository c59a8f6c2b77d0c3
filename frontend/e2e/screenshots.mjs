// Every page at every width, light and dark, in both languages, into screenshots/. Ends with 1
// when a page complains, is wider than its window, or keeps somebody out.
import { mkdirSync, rmSync } from 'node:fs';
import { BASE, barriers, enter, launch, watch } from './support.mjs';
import { everything, unsaid } from './views.mjs';

/** Only views whose name fits this pattern, when it is given. */
const ONLY = new RegExp(process.argv[2] ?? '');
const FOLDER = new URL('../screenshots/', import.meta.url).pathname;
const WIDTHS = [380, 1280, 1920];
const LOOKS = ['en', 'zh-CN'].flatMap((locale) => ['light', 'dark'].map((theme) => ({ locale, theme })));

const faults = [];

async function photograph(page, seen, name, look, [path, act]) {
  const at = `${name} ${look.locale} ${look.theme}`;
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(`${BASE}${path}`);
  await page.locator('h1').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.wp-skeleton, [aria-busy="true"]'));
  await act?.(page);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    await page.waitForTimeout(250);
    await page.screenshot({ path: `${FOLDER}${name}-${width}-${look.theme}-${look.locale}.png`, fullPage: true });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (over > 0) faults.push(`${at}: ${over} px wider than ${width}`);
    // What is folded away at the least width is there at the next; who is kept out is so in any language.
    if (width < 1920 && look.locale === 'en')
      for (const barrier of await barriers(page)) faults.push(`${at} ${width}: ${barrier}`);
  }
  for (const name of await unsaid(page)) faults.push(`${at}: no text for ${name}`);
  for (const complaint of seen.complaints.splice(0)) faults.push(`${at}: ${complaint}`);
}

async function tour(browser, look, one, pages) {
  const page = await enter(browser, look, await one?.session());
  const seen = watch(page);
  for (const [name, visit] of Object.entries(pages)) {
    if (!ONLY.test(name)) continue;
    // One page that does not come keeps nobody from looking at the others.
    await photograph(page, seen, name, look, visit).catch(({ message }) =>
      faults.push(`${name} ${look.locale} ${look.theme}: ${message.split('\n')[0]}, at ${page.url()}`),
    );
  }
  await page.context().close();
}

async function tourAll(browser, look) {
  for (const [one, pages] of people) await tour(browser, look, one, pages);
  console.log(`${look.locale}, ${look.theme}: done`);
}

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
const people = await everything();
const browser = await launch();
try {
  // Two at a time: most of it is waiting for a page to be drawn.
  for (const theme of ['dark', 'light']) {
    await Promise.all(LOOKS.filter((look) => look.theme === theme).map((look) => tourAll(browser, look)));
  }
} finally {
  await browser.close();
}
for (const fault of faults) console.error(fault);
console.log(`${faults.length} faults; pictures in ${FOLDER}`);
process.exit(faults.length > 0 ? 1 : 0);
