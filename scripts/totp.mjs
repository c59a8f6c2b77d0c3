// What an authenticator shows (RFC 6238: SHA-1, six digits, 30 seconds).
// Usage as a program: totp.mjs BASE32_SECRET
import { createHmac } from 'node:crypto';
import { pathToFileURL } from 'node:url';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** `ahead` is in steps of 30 seconds. */
export function totp(secret, ahead = 0) {
  const bits = [...secret.trim()].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const hash = createHmac('sha1', key).update(step).digest();
  return String((hash.readUInt32BE(hash.at(-1) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(totp(process.argv[2]));
