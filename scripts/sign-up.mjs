// Registers somebody with a mailed code, signs in, and prints the access token.
// Usage: sign-up.mjs BASE_URL MAIL_FOLDER
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [base, mails] = process.argv.slice(2);
const name = `u${randomBytes(6).toString('hex')}`;
const email = `${name}@example.com`;
const password = 'correct horse battery staple';

async function post(path, body) {
  const answer = await fetch(`${base}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  return JSON.parse(text).data;
}

function mailedCode() {
  const names = existsSync(mails) ? readdirSync(mails) : [];
  const texts = names.map((file) => readFileSync(join(mails, file), 'utf8'));
  const body = texts.find((text) => text.includes(email))?.split(/\r?\n\r?\n/).slice(1).join('\n\n');
  return body?.match(/\b\d{6}\b/)?.[0];
}

async function code() {
  for (let turn = 0; turn < 200; turn += 1) {
    const found = mailedCode();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error('no mail with a code came');
}

await post('/users/public/send-verification-code', { email, purpose: 'register' });
await post('/users/auth/register', { username: name, email, password, code: await code() });
const { access_token: token } = await post('/users/auth/login', { identifier: name, password });
console.log(token);
