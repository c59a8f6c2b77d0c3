import { NODE, type Placed } from '@/components/canvas/node';
import type { CanvasStep } from '@/components/canvas/step';

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A step and where it stands. */
export interface Standing extends Placed {
  step: CanvasStep;
}

/** A line from the bottom of a step to the top of one that waits for it. */
export interface Line {
  from: Placed;
  to: Placed;
  text?: string;
}

/** A large graph, ready to be drawn. */
export interface Scene {
  standing: Standing[];
  lines: Line[];
  bounds: Rect;
}

const spread = (values: number[]) =>
  values.reduce<[number, number]>(
    ([low, high], at) => [Math.min(low, at), Math.max(high, at)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );

export function sceneOf(steps: CanvasStep[], places: Map<string, Placed>): Scene {
  const standing = steps.map((step) => ({ step, ...(places.get(step.id) ?? { x: 0, y: 0 }) }));
  const lines = standing.flatMap(({ step, ...to }) =>
    step.needs.flatMap((need) => {
      const from = places.get(need);
      return from ? [{ from, to, text: step.condition }] : [];
    }),
  );
  const [left, right] = spread(standing.map(({ x }) => x));
  const [top, bottom] = spread(standing.map(({ y }) => y));
  const bounds = { x: left, y: top, width: right - left + NODE.width, height: bottom - top + NODE.height };
  return { standing, lines, bounds };
}

/** Whether a step that stands there is seen in part at least. */
export const inView = ({ x, y }: Placed, seen: Rect) =>
  x < seen.x + seen.width && x + NODE.width > seen.x && y < seen.y + seen.height && y + NODE.height > seen.y;

/** Whether a line may be seen. */
export const crosses = ({ from, to }: Line, seen: Rect) =>
  Math.min(from.x, to.x) < seen.x + seen.width &&
  Math.max(from.x, to.x) + NODE.width > seen.x &&
  Math.min(from.y, to.y) < seen.y + seen.height &&
  Math.max(from.y, to.y) + NODE.height > seen.y;

/** The step under a point. */
export const stepAt = ({ standing }: Scene, x: number, y: number) =>
  standing.find((at) => x >= at.x && x < at.x + NODE.width && y >= at.y && y < at.y + NODE.height)?.step.id ?? null;

/** As much as is in view, rounded up so that it stays the same while one moves a little. */
export function roundedView(seen: Rect): Rect {
  const [wide, high] = [NODE.width * 2, NODE.height * 3];
  const x = Math.floor(seen.x / wide) * wide;
  const y = Math.floor(seen.y / high) * high;
  return {
    x,
    y,
    width: Math.ceil((seen.x + seen.width) / wide) * wide - x,
    height: Math.ceil((seen.y + seen.height) / high) * high - y,
  };
}
