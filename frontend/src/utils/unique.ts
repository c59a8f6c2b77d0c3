/** A text that nobody else has. `crypto.randomUUID` is not there on pages without TLS. */
export function unique(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Names wishes: the same wish again has the same name, another wish another. */
export function wishes(): (wish: unknown) => string {
  let last = { text: '', name: '' };
  return (wish) => {
    const text = JSON.stringify(wish);
    if (text !== last.text) last = { text, name: unique() };
    return last.name;
  };
}
