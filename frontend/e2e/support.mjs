// A browser, what it complains about, and the mails that the server wrote.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';

const required = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: scripts/serve-for.sh starts a server and sets it`);
  return value;
};

export const BASE = required('E2E_BASE_URL');
const MAILS = required('E2E_MAIL_DIR');

// Without these the browser asks its maker's hosts at every start.
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: QUIET });

/**
 * Collects what goes wrong in a page: messages on the console (violations of the content security
 * policy are among them), exceptions, and requests that get no answer or one that is not expected.
 */
export function watch(page) {
  const complaints = [];
  const expected = new Set();
  page.on('console', (message) => {
    // The browser repeats failed requests there; those are judged below.
    if (message.text().startsWith('Failed to load resource')) return;
    if (['error', 'warning'].includes(message.type())) complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText;
    // A page that is left ends its event stream.
    if (reason !== 'net::ERR_ABORTED') complaints.push(`request: ${request.url()}: ${reason}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400 && !expected.has(response.status()))
      complaints.push(`response: ${response.status()} ${response.url()}`);
  });
  return { complaints, expect: (status) => expected.add(status), forget: (status) => expected.delete(status) };
}

const QUOTED_BREAK = /=\r?\n/g;
const CODE = /letter-spacing:8px">(\d{6})</;

/** The newest code that was mailed to an address. */
export async function mailedCode(address) {
  for (let wait = 0; wait < 100; wait++) {
    const names = existsSync(MAILS) ? readdirSync(MAILS) : [];
    const mails = names
      .filter((name) => name.endsWith('.eml'))
      .map((name) => readFileSync(join(MAILS, name), 'utf8'))
      .filter((mail) => mail.includes(`To: ${address}\r\n`) || mail.includes(`To: ${address}\n`));
    const code = CODE.exec(mails.at(-1)?.replace(QUOTED_BREAK, '') ?? '');
    if (code) return code[1];
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`no code was mailed to ${address}`);
}

/** Findings of axe that keep people out, and do so still when what was on its way has arrived. */
export async function barriers(page) {
  const found = await lookForBarriers(page);
  if (found.length === 0) return found;
  // A button that works cannot be pressed, and is pale until it is done.
  const working = page.locator('.ant-btn-loading').first();
  await working.waitFor({ state: 'detached', timeout: 5_000 }).catch(() => {});
  await page.waitForTimeout(700);
  return lookForBarriers(page);
}

async function lookForBarriers(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.any[0]?.message}`));
}

/** A page of somebody who is signed in, or of nobody when there is no token, with the look given. */
export async function enter(browser, { locale, theme }, token, size = { width: 1280, height: 800 }) {
  // Without motion a button is where it was when it is pressed.
  const context = await browser.newContext({ locale, viewport: size, reducedMotion: 'reduce' });
  const stored = JSON.stringify({ locale, theme, railOpen: true });
  await context.addInitScript(
    ([preferences, refresh]) => {
      localStorage.setItem('wp.preferences', preferences);
      if (refresh && !sessionStorage.getItem('begun')) localStorage.setItem('wp.refresh_token', refresh);
      sessionStorage.setItem('begun', 'yes');
    },
    [stored, token],
  );
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  return page;
}
