/** Pixels that a sign takes in the size of labels: those of Chinese are as wide as they are high. */
const NARROW = 7;
const WIDE = 12;
/** Between two labels. */
const GAP = 8;
/** The longest label; what is longer is cut, and whole when pointed at. */
const LONGEST = 96;
/** A slanting label hangs to the left of its bar, where the numbers of the other axis leave so much. */
const LONGEST_SLANTING = 76;
/** Below this, slanting labels touch each other. */
const NARROWEST = 17;

const WIDE_SIGN = /[\u2e80-\uffef]/;
const TIME = /^\d\d(\d\d)?-\d\d/;

export interface Labels {
  rotate: number;
  /** Longer ones are cut. */
  width: number;
  /** Each has one, or as many as fit. */
  every: boolean;
}

export const widthOf = (text: string) =>
  Array.from(text).reduce((sum, sign) => sum + (WIDE_SIGN.test(sign) ? WIDE : NARROW), 0);

/** What fits into so many pixels: of addresses and titles the end tells as much as the beginning. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const signs = Array.from(text);
  const half = (width - WIDE) / 2;
  return `${fitting(signs, half)}…${fitting(signs.toReversed(), half, true)}`;
}

function fitting(signs: string[], room: number, back = false): string {
  const kept: string[] = [];
  for (const sign of signs) {
    if (widthOf(kept.join('') + sign) > room) break;
    kept.push(sign);
  }
  return (back ? kept.toReversed() : kept).join('');
}

/** How the names below bars are written into so many pixels: of times some are enough, names need to be there. */
export function labelsFor(names: string[], room: number): Labels {
  const each = room / Math.max(names.length, 1);
  const longest = Math.min(LONGEST, Math.max(0, ...names.map(widthOf)));
  if (longest + GAP <= each) return { rotate: 0, width: LONGEST, every: true };
  if (names.every((name) => TIME.test(name)) || each < NARROWEST) return { rotate: 0, width: LONGEST, every: false };
  return { rotate: 55, width: LONGEST_SLANTING, every: true };
}
