import { Background, type Edge, MarkerType, MiniMap, useReactFlow } from '@xyflow/react';
import { useMemo } from 'react';
import { Flow, FlowProvider } from '@/components/canvas/Flow';
import { MANY, placesOf } from '@/components/canvas/layout';
import { Reveal } from '@/components/canvas/Reveal';
import { nodeOf } from '@/components/canvas/StepBox';
import { type CanvasProps, type CanvasStep, oneEach } from '@/components/canvas/step';
import { usePulled } from '@/components/canvas/use-pulled';
import { WideGraph } from '@/components/canvas/WideGraph';

function edgesOf(steps: CanvasStep[]): Edge[] {
  const known = new Set(steps.map(({ id }) => id));
  return steps.flatMap(({ id, needs, condition }) =>
    needs
      .filter((need) => known.has(need))
      .map((need) => ({
        id: `${need} ${id}`,
        source: need,
        target: id,
        label: condition,
        focusable: false,
        markerEnd: { type: MarkerType.ArrowClosed },
      })),
  );
}

const FIT = { maxZoom: 1, padding: 0.12 };

/** All of it is there at once, drawn by the library. */
function Graph({ steps, chosen, marked, reveals, onPlace, ...rest }: CanvasProps) {
  const { fitView } = useReactFlow();
  const places = useMemo(() => placesOf(steps), [steps]);
  const open = rest.onConnect !== undefined;
  const all = useMemo(() => steps.map((step) => nodeOf(step, places.get(step.id), open)), [steps, places, open]);
  // Only what was chosen is made anew.
  const nodes = useMemo(
    () => all.map((node) => (node.id === chosen || marked?.includes(node.id) ? { ...node, selected: true } : node)),
    [all, chosen, marked],
  );
  const { shown, ...pulling } = usePulled(nodes, places, onPlace);
  const edges = useMemo(() => edgesOf(steps), [steps]);
  return (
    <Flow {...rest} {...pulling} nodes={shown} edges={edges} fit={() => void fitView(FIT)}>
      <Background />
      {reveals && <Reveal place={chosen ? places.get(chosen) : undefined} />}
      {steps.length > 6 && <MiniMap pannable zoomable className="wp-minimap" />}
    </Flow>
  );
}

/** Steps as a graph: laid out by itself, moved about and magnified, with a map of the whole. */
export default function Canvas(props: CanvasProps) {
  const steps = useMemo(() => oneEach(props.steps), [props.steps]);
  const { length } = steps;
  const given = { ...props, steps };
  return (
    // What was added is brought into view.
    <FlowProvider key={length}>{length > MANY ? <WideGraph {...given} /> : <Graph {...given} />}</FlowProvider>
  );
}
