// The browser's history, with somebody who may be asked before a page is left.
import { createPath, type Navigator, type To, UNSAFE_createBrowserHistory } from 'react-router';

/** Whether a page may be left for `path`. When not, `go` leaves it later after all. */
export type Guard = (path: string, go: () => void) => boolean;

type Update = Parameters<Parameters<typeof browser.listen>[0]>[0];

const browser = UNSAFE_createBrowserHistory({ v5Compat: true });
let guard: Guard | null = null;
/** The next step through the history is ours: it is neither judged nor, when undone, shown. */
let own: 'undone' | 'allowed' | null = null;

/** Asks `next` from now on; gives what stops it. */
export function guardWith(next: Guard): () => void {
  guard = next;
  return () => {
    if (guard === next) guard = null;
  };
}

const pathOf = (to: To) => (typeof to === 'string' ? to : createPath({ ...browser.location, ...to }));

function judged(to: To, go: () => void) {
  if (!guard || guard(pathOf(to), go)) go();
}

/** What the router navigates with. */
export const navigator: Navigator = {
  createHref: browser.createHref,
  encodeLocation: browser.encodeLocation,
  go: browser.go,
  push: (to, state) => judged(to, () => browser.push(to, state)),
  replace: (to, state) => judged(to, () => browser.replace(to, state)),
};

export const current = () => ({ action: browser.action, location: browser.location });

/** Tells of every change of place that may be shown. */
export function listen(show: (update: ReturnType<typeof current>) => void): () => void {
  return browser.listen((update: Update) => {
    if (mayShow(update)) show(current());
  });
}

/** A step back or forward has happened when it is told: one that must not be is undone. */
function mayShow({ action, location, delta }: Update): boolean {
  const mine = own;
  own = null;
  if (action !== 'POP' || mine === 'allowed') return true;
  if (mine === 'undone') return false;
  if (!guard || !delta) return true;
  const again = () => {
    own = 'allowed';
    browser.go(delta);
  };
  if (guard(createPath(location), again)) return true;
  own = 'undone';
  browser.go(-delta);
  return false;
}
