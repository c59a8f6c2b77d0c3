import {
  Background,
  type Connection,
  Controls,
  type Edge,
  Handle,
  MarkerType,
  MiniMap,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
} from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { placesOf } from '@/components/canvas/layout';
import { NODE, type Placed } from '@/components/canvas/node';
import { usePreferences } from '@/store/preferences';

export interface CanvasStep {
  id: string;
  uses: string;
  needs: string[];
  /** Written at an edge that leads here. */
  condition?: string;
  /** What else is to be seen at once: a state, a count, a fault. */
  extra?: ReactNode;
  faulty?: boolean;
}

interface Props {
  label: string;
  steps: CanvasStep[];
  chosen?: string | null;
  onChoose?: (id: string | null) => void;
  /** Absent where nothing may be changed. */
  onConnect?: (from: string, to: string) => void;
  mayConnect?: (from: string, to: string) => boolean;
}

type StepNode = Node<{ step: CanvasStep; open: boolean }, 'step'>;

function StepBox({ data, selected }: NodeProps<StepNode>) {
  const { step, open } = data;
  const classes = ['wp-node', selected && 'wp-node-chosen', step.faulty && 'wp-node-faulty'];
  return (
    <div className={classes.filter(Boolean).join(' ')}>
      <Handle type="target" position={Position.Top} isConnectable={open} />
      <span className="wp-node-name">{step.id}</span>
      <span className="wp-muted wp-node-uses">{step.uses}</span>
      {step.extra && <span className="wp-node-extra">{step.extra}</span>}
      <Handle type="source" position={Position.Bottom} isConnectable={open} />
    </div>
  );
}

const TYPES = { step: StepBox };

const nodeOf = (step: CanvasStep, places: Map<string, Placed>, open: boolean): StepNode => ({
  id: step.id,
  type: 'step',
  position: places.get(step.id) ?? { x: 0, y: 0 },
  data: { step, open },
  draggable: false,
  ariaLabel: `${step.id}: ${step.uses}`,
  ...NODE,
});

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

/** From so many steps on, only those in view are drawn. */
const MANY = 150;

/** Steps as a graph: laid out by itself, moved about and magnified, with a map of the whole. */
export default function Canvas({ label, steps, chosen, onChoose, onConnect, mayConnect }: Props) {
  const { t } = useTranslation();
  const { theme } = usePreferences();
  const places = useMemo(() => placesOf(steps), [steps]);
  const open = onConnect !== undefined;
  const all = useMemo(() => steps.map((step) => nodeOf(step, places, open)), [steps, places, open]);
  // Only what was chosen is made anew.
  const nodes = useMemo(
    () => all.map((node) => (node.id === chosen ? { ...node, selected: true } : node)),
    [all, chosen],
  );
  const edges = useMemo(() => edgesOf(steps), [steps]);
  return (
    <section className="wp-canvas" aria-label={label}>
      <ReactFlow
        // What was added is brought into view.
        key={steps.length}
        nodes={nodes}
        edges={edges}
        nodeTypes={TYPES}
        colorMode={theme}
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.12 }}
        minZoom={0.1}
        onlyRenderVisibleElements={steps.length > MANY}
        deleteKeyCode={null}
        onNodesChange={(changes) => {
          for (const change of changes) if (change.type === 'select' && change.selected) onChoose?.(change.id);
        }}
        onPaneClick={() => onChoose?.(null)}
        onConnect={({ source, target }) => onConnect?.(source, target)}
        isValidConnection={(edge: Edge | Connection) => mayConnect?.(edge.source, edge.target) ?? false}
        ariaLabelConfig={{
          'node.a11yDescription.default': t('canvas.nodeHelp'),
          'controls.ariaLabel': t('canvas.controls'),
          'controls.zoomIn.ariaLabel': t('canvas.zoomIn'),
          'controls.zoomOut.ariaLabel': t('canvas.zoomOut'),
          'controls.fitView.ariaLabel': t('canvas.fit'),
          'minimap.ariaLabel': t('canvas.map'),
        }}
      >
        <Background />
        <Controls showInteractive={false} />
        {steps.length > 6 && <MiniMap pannable zoomable className="wp-minimap" />}
      </ReactFlow>
    </section>
  );
}
