import { useState } from 'react';
import type { Placed } from '@/components/canvas/node';
import { gapOf } from '@/components/canvas/pulled';
import type { StepNode } from '@/components/canvas/StepBox';
import type { CanvasProps } from '@/components/canvas/step';

/** Steps as they are shown while one is pulled about: that one where it is pulled to, the gap it goes to marked. */
export function usePulled(nodes: StepNode[], places: Map<string, Placed>, onPlace: CanvasProps['onPlace']) {
  const [pulled, setPulled] = useState<{ id: string; to: Placed } | null>(null);
  if (!onPlace) return { shown: nodes };
  const order = nodes.map(({ id }) => id);
  const gap = pulled && gapOf(order, places, pulled.id, pulled.to);
  const shown = (node: StepNode): StepNode => {
    if (node.id === pulled?.id) return { ...node, position: pulled.to };
    return node.id === gap?.at ? { ...node, className: `wp-node-${gap.side}` } : node;
  };
  return {
    shown: pulled ? nodes.map(shown) : nodes,
    onPull: (id: string, to: Placed) => setPulled({ id, to }),
    onLetGo: (id: string, to: Placed) => {
      const found = gapOf(order, places, id, to);
      setPulled(null);
      if (found) onPlace(id, found.place);
    },
  };
}
