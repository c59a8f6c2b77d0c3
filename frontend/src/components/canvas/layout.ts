import { graphlib, layout } from '@dagrejs/dagre';
import { layersOf } from '@/components/canvas/layers';
import { NODE, type Placed } from '@/components/canvas/node';

/** Beyond so many steps the better layout takes longer than anybody waits, and only what is in view is drawn. */
export const MANY = 150;

/** Where each step stands: those that wait below those they wait for. */
export function placesOf(steps: { id: string; needs: string[] }[]): Map<string, Placed> {
  if (steps.length > MANY) return layersOf(steps);
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 28, ranksep: 46, marginx: 16, marginy: 16 });
  graph.setDefaultEdgeLabel(() => ({}));
  const known = new Set(steps.map(({ id }) => id));
  for (const { id } of steps) graph.setNode(id, { ...NODE });
  for (const { id, needs } of steps) for (const need of needs) if (known.has(need)) graph.setEdge(need, id);
  layout(graph);
  return new Map(
    steps.map(({ id }) => {
      const { x, y } = graph.node(id) as Placed;
      return [id, { x: x - NODE.width / 2, y: y - NODE.height / 2 }];
    }),
  );
}
