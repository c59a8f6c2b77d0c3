/** The place among all of an item that is taken out at `from` and let go in a gap, from 0 to their number. */
export const placeIn = (from: number, gap: number) => (gap > from ? gap - 1 : gap);
