import { NODE, type Placed } from '@/components/canvas/node';

const GAP = { x: 28, y: 46 };
const SWEEPS = 4;

interface Step {
  id: string;
  needs: string[];
}

/** How far each step is from one that waits for nothing. What waits in a circle stands at the top. */
function depthsOf(steps: Step[], byId: Map<string, Step>): Map<string, number> {
  const depths = new Map<string, number>();
  for (const { id } of steps) {
    const open = [id];
    for (let at = open.at(-1); at !== undefined; at = open.at(-1)) {
      const needs = (byId.get(at)?.needs ?? []).filter((need) => byId.has(need));
      const first = depths.get(at) === undefined;
      if (first) depths.set(at, 0);
      const unknown = first ? needs.filter((need) => !depths.has(need)) : [];
      if (unknown.length > 0) open.push(...unknown);
      else {
        depths.set(at, Math.max(0, ...needs.map((need) => (depths.get(need) ?? 0) + 1)));
        open.pop();
      }
    }
  }
  return depths;
}

/** Orders a layer so that each step stands near the middle of those it is tied to. */
function order(layer: string[], ties: Map<string, string[]>, place: Map<string, number>) {
  const wish = new Map(
    layer.map((id, index) => {
      const tied = ties.get(id) ?? [];
      const sum = tied.reduce((total, one) => total + (place.get(one) ?? 0), 0);
      return [id, tied.length > 0 ? sum / tied.length : (place.get(id) ?? index)];
    }),
  );
  layer.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0));
  centre(layer, place);
}

function centre(layer: string[], place: Map<string, number>) {
  for (const [index, id] of layer.entries()) place.set(id, index - (layer.length - 1) / 2);
}

/**
 * Where each step of a large graph stands: in layers, few lines crossing. Takes time in proportion to
 * the steps, where a layout that looks for the best takes minutes.
 */
export function layersOf(steps: Step[]): Map<string, Placed> {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const depths = depthsOf(steps, byId);
  const layers: string[][] = [];
  const [up, down] = [new Map<string, string[]>(), new Map<string, string[]>()];
  for (const { id, needs } of steps) {
    const depth = depths.get(id) ?? 0;
    layers[depth] = [...(layers[depth] ?? []), id];
    up.set(
      id,
      needs.filter((need) => byId.has(need)),
    );
    for (const need of needs) down.set(need, [...(down.get(need) ?? []), id]);
  }
  const rows = layers.filter((layer) => layer !== undefined);
  const place = new Map<string, number>();
  for (const layer of rows) centre(layer, place);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    if (sweep % 2 === 0) for (const layer of rows) order(layer, up, place);
    else for (const layer of rows.toReversed()) order(layer, down, place);
  }
  return new Map(
    steps.map(({ id }) => [
      id,
      { x: (place.get(id) ?? 0) * (NODE.width + GAP.x), y: (depths.get(id) ?? 0) * (NODE.height + GAP.y) },
    ]),
  );
}
