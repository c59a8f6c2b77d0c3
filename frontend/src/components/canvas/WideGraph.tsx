import { type Edge, getViewportForBounds, useReactFlow, useStore, useStoreApi } from '@xyflow/react';
import { useEffect, useMemo, useRef } from 'react';
import { Flow } from '@/components/canvas/Flow';
import { placesOf } from '@/components/canvas/layout';
import { coloursOf, NEAR, paint, seenBy } from '@/components/canvas/paint';
import { Reveal } from '@/components/canvas/Reveal';
import { nodeOf, type StepNode } from '@/components/canvas/StepBox';
import { inView, type Rect, roundedView, type Scene, sceneOf, stepAt } from '@/components/canvas/scene';
import type { CanvasProps } from '@/components/canvas/step';
import { useGradually } from '@/components/canvas/use-gradually';
import { WideMap } from '@/components/canvas/WideMap';
import { usePreferences } from '@/store/preferences';

/** Lines are drawn; the same array each time, so that nothing is looked at anew because of it. */
const NO_EDGES: Edge[] = [];

/** What is in view where steps are large enough to be read, as text so that it is compared by what it says. */
const useNearView = () =>
  useStore(({ transform: [x, y, zoom], width, height }) =>
    zoom < NEAR || width === 0 ? '' : JSON.stringify(roundedView(seenBy({ x, y, zoom }, width, height))),
  );

/** The lines, and the steps while they are too small to be read, or `bare`: not all of them elements yet. */
function Drawing({ scene, chosen, bare }: { scene: Scene; chosen?: string | null; bare: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const store = useStoreApi();
  const theme = usePreferences((state) => state.theme);
  // Another theme has other colours.
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const colours = coloursOf(element);
    let frame = 0;
    const draw = () => {
      frame = 0;
      const { transform, width, height } = store.getState();
      const [x, y, zoom] = transform;
      if (width > 0) paint(element, scene, { view: { x, y, zoom }, width, height, chosen, bare, colours });
    };
    const soon = () => {
      frame ||= requestAnimationFrame(draw);
    };
    soon();
    const leave = store.subscribe((now, before) => {
      if (now.transform !== before.transform || now.width !== before.width || now.height !== before.height) soon();
    });
    return () => {
      leave();
      cancelAnimationFrame(frame);
    };
  }, [scene, chosen, bare, store, theme]);
  return <canvas ref={canvas} className="wp-drawing" aria-hidden />;
}

/** A graph of which only what is in view and large enough to be read is made of elements. */
export function WideGraph({ steps, chosen, marked, reveals, onPlace: _, ...rest }: CanvasProps) {
  const flow = useReactFlow();
  const store = useStoreApi();
  const places = useMemo(() => placesOf(steps), [steps]);
  const scene = useMemo(() => sceneOf(steps, places), [steps, places]);
  const open = rest.onConnect !== undefined;
  const made = useMemo(() => new Map<string, StepNode>(), [scene, open]);
  const near = useNearView();
  const wanted = useMemo(() => {
    if (!near) return [];
    const seen: Rect = JSON.parse(near);
    const shown = scene.standing.filter((at) => inView(at, seen));
    return shown.map(({ step, x, y }) => {
      const node = made.get(step.id) ?? nodeOf(step, { x, y }, open, open);
      made.set(step.id, node);
      return step.id === chosen || marked?.includes(step.id) ? { ...node, selected: true } : node;
    });
  }, [scene, made, near, open, chosen, marked]);
  const nodes = useGradually(wanted);
  const fit = () => {
    const { width, height, minZoom } = store.getState();
    void flow.setViewport(getViewportForBounds(scene.bounds, width, height, minZoom, 1, 0.05));
  };
  const onBare = (at: { x: number; y: number }) => {
    const { x, y } = flow.screenToFlowPosition(at);
    rest.onChoose?.(stepAt(scene, x, y));
  };
  return (
    <Flow {...rest} nodes={nodes} edges={NO_EDGES} fit={fit} onBare={onBare}>
      {reveals && <Reveal place={chosen ? places.get(chosen) : undefined} />}
      <Drawing scene={scene} chosen={chosen} bare={nodes.length < wanted.length} />
      <WideMap scene={scene} />
    </Flow>
  );
}
