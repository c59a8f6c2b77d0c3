// Every page in both languages: nobody is kept out, nothing is left untranslated or wider than the window, and the
// browser has nothing to complain about.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BASE, barriers, enter, launch, watch } from './support.mjs';
import { everything, unsaid } from './views.mjs';

const LOOKS = [
  { locale: 'en', theme: 'light', width: 1280 },
  { locale: 'zh-CN', theme: 'dark', width: 380 },
];

let browser;
let people;

before(async () => {
  browser = await launch();
  people = await everything();
});

after(() => browser?.close());

async function faultsOf(page, seen, [path, act], width) {
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(`${BASE}${path}`);
  await page.locator('h1').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.wp-skeleton, [aria-busy="true"]'));
  await act?.(page);
  await page.setViewportSize({ width, height: 800 });
  await page.waitForTimeout(250);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  return [
    ...(over > 0 ? [`${over} px wider than ${width}`] : []),
    ...(await barriers(page)),
    ...(await unsaid(page)).map((name) => `no text for ${name}`),
    ...seen.complaints.splice(0),
  ];
}

for (const { locale, theme, width } of LOOKS) {
  test(`every page, ${locale}, ${theme}, ${width} px wide`, async (one) => {
    for (const [who, pages] of people) {
      const page = await enter(browser, { locale, theme }, await who?.session());
      const seen = watch(page);
      for (const [name, visit] of Object.entries(pages)) {
        await one.test(name, async () => assert.deepEqual(await faultsOf(page, seen, visit, width), []));
      }
      await page.context().close();
    }
  });
}
