export type Network = 'loopback' | 'private' | 'internet';

const LOOPBACK = [/^127\./, /^::1$/];
/** RFC 1918, RFC 6598 and link-local; unique local and link-local of IPv6. */
const PRIVATE = [
  /^10\./,
  /^192\.168\./,
  /^172\.(1[6-9]|2\d|3[01])\./,
  /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./,
  /^169\.254\./,
  /^f[cd][\da-f]{2}:/,
  /^fe[89ab][\da-f]:/,
];

/** What kind of network an address is of; an IPv4 address may come as one of IPv6. */
export function networkOf(address: string): Network {
  const bare = address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
  if (LOOPBACK.some((pattern) => pattern.test(bare))) return 'loopback';
  return PRIVATE.some((pattern) => pattern.test(bare)) ? 'private' : 'internet';
}
