/** The nonce that the server gave this page for style elements. */
export function nonce(): string | undefined {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]');
  return meta?.content || undefined;
}

/**
 * Gives the nonce to every style element. The component library leaves it out of those that lock
 * scrolling behind a drawer, and has no setting for them.
 */
export function markStyles() {
  const value = nonce();
  if (!value) return;
  const create = document.createElement.bind(document);
  document.createElement = (name: string, options?: ElementCreationOptions) => {
    const element = create(name, options);
    if (element instanceof HTMLStyleElement) element.nonce = value;
    return element;
  };
}
