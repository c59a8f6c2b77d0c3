import { useReactFlow, useStore, useStoreApi } from '@xyflow/react';
import { useEffect } from 'react';
import { NODE, type Placed } from '@/components/canvas/node';
import { NEAR, seenBy } from '@/components/canvas/paint';
import { inView } from '@/components/canvas/scene';

/** Goes to a step that was chosen elsewhere, unless it can be read where it is. */
export function Reveal({ place }: { place: Placed | undefined }) {
  const flow = useReactFlow();
  const store = useStoreApi();
  const ready = useStore(({ width, height }) => width > 0 && height > 0);
  // Where it stands, not the object that says so: a run that goes on lays its graph out anew.
  const [x, y] = [place?.x, place?.y];
  useEffect(() => {
    if (x === undefined || y === undefined || !ready) return;
    // The whole is brought into view first.
    const frame = requestAnimationFrame(() => {
      const { transform, width, height } = store.getState();
      const [left, top, zoom] = transform;
      if (zoom >= NEAR && inView({ x, y }, seenBy({ x: left, y: top, zoom }, width, height))) return;
      void flow.setCenter(x + NODE.width / 2, y + NODE.height / 2, { zoom: Math.max(zoom, 0.8) });
    });
    return () => cancelAnimationFrame(frame);
  }, [x, y, ready, flow, store]);
  return null;
}
