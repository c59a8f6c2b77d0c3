import type { Placed } from '@/components/canvas/node';
import { NODE } from '@/components/canvas/node';
import { placeIn } from '@/utils/order';

/** Where a step that is pulled about would come to stand. */
export interface Gap {
  /** The step it is let go at. */
  at: string;
  side: 'before' | 'after';
  /** Its place among all steps once it stands there. */
  place: number;
}

const far = (one: Placed, other: Placed) => Math.hypot(one.x - other.x, one.y - other.y);

/**
 * The gap that a step is pulled to: beside the step it is nearest to, before it when it is above, or rather left of
 * it than above or below. None while its own place is nearer, or when it would stand where it stood.
 */
export function gapOf(order: string[], places: Map<string, Placed>, id: string, to: Placed): Gap | null {
  const near = (one: string) => far(places.get(one) ?? { x: Number.POSITIVE_INFINITY, y: 0 }, to);
  const at = order.reduce((best, one) => (near(one) < near(best) ? one : best), id);
  const there = places.get(at);
  if (at === id || !there) return null;
  const [right, below] = [(to.x - there.x) / NODE.width, (to.y - there.y) / NODE.height];
  const before = Math.abs(right) > Math.abs(below) ? right < 0 : below < 0;
  const from = order.indexOf(id);
  const place = placeIn(from, order.indexOf(at) + (before ? 0 : 1));
  return place === from ? null : { at, side: before ? 'before' : 'after', place };
}
