/** As much of a page as is shown. */
export const SHOWN = 200_000;

const READABLE = /^(text\/|application\/(json|xml|xhtml\+xml|javascript|ld\+json|rss\+xml|atom\+xml))/i;

export const isReadable = (type: string | null | undefined) => !type || READABLE.test(type.trim());

/** The bytes as text in the encoding they were read in; UTF-8 where the browser does not know it. */
export function textOf(bytes: ArrayBuffer, charset: string): string {
  const some = bytes.slice(0, SHOWN);
  try {
    return new TextDecoder(charset).decode(some);
  } catch {
    return new TextDecoder().decode(some);
  }
}

const NAME = /[^A-Za-z0-9._-]+/g;

/** A name for the file of a page: the end of its address. */
export function fileNameOf(url: string): string {
  const { hostname, pathname } = new URL(url);
  const last = pathname.split('/').filter(Boolean).at(-1) ?? hostname;
  const name = last.replace(NAME, '-');
  return name.includes('.') && last !== hostname ? name : `${name}.html`;
}
