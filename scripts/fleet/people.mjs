// People of a platform: registered with a mailed code, and signed in.
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PASSWORD = 'correct horse battery staple';

async function post(base, path, body) {
  const answer = await fetch(`${base}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  return JSON.parse(text).data;
}

function mailedCode(mails, email) {
  const names = existsSync(mails) ? readdirSync(mails) : [];
  const texts = names.map((file) => readFileSync(join(mails, file), 'utf8'));
  const body = texts.find((text) => text.includes(email))?.split(/\r?\n\r?\n/).slice(1).join('\n\n');
  return body?.match(/\b\d{6}\b/)?.[0];
}

async function code(mails, email) {
  for (let turn = 0; turn < 200; turn += 1) {
    const found = mailedCode(mails, email);
    if (found) return found;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error('no mail with a code came');
}

/** Gives the access token of somebody who signs in. */
export async function signIn(base, name) {
  const { access_token: token } = await post(base, '/users/auth/login', { identifier: name, password: PASSWORD });
  return token;
}

/** Registers somebody new and signs them in. */
export async function register(base, mails) {
  const name = `u${randomBytes(6).toString('hex')}`;
  const email = `${name}@example.com`;
  await post(base, '/users/public/send-verification-code', { email, purpose: 'register' });
  await post(base, '/users/auth/register', { username: name, email, password: PASSWORD, code: await code(mails, email) });
  return { name, token: await signIn(base, name) };
}
