import { type Connection, Controls, type Edge, ReactFlow, ReactFlowProvider } from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import { type ReactNode, useRef } from 'react';
import type { Placed } from '@/components/canvas/node';
import { Refit } from '@/components/canvas/Refit';
import { NODE_TYPES, type StepNode } from '@/components/canvas/StepBox';
import type { CanvasProps } from '@/components/canvas/step';
import { useTranslation } from '@/hooks/use-translation';
import { usePreferences } from '@/store/preferences';

interface Props extends Pick<CanvasProps, 'label' | 'onChoose' | 'onMark' | 'onConnect' | 'mayConnect'> {
  nodes: StepNode[];
  edges: Edge[];
  /** Brings the whole into view. */
  fit: () => void;
  /** A step is pulled about, and then let go. */
  onPull?: (id: string, to: Placed) => void;
  onLetGo?: (id: string, to: Placed) => void;
  onBare?: (at: { x: number; y: number }) => void;
  children?: ReactNode;
}

const SHAKE = 5;

/** What graphs of every size have in common: moved about, magnified, and brought into view as a whole. */
export function Flow(props: Props) {
  const { label, nodes, edges, fit, onBare, onPull, onLetGo, onChoose, onMark, onConnect, mayConnect, children } =
    props;
  const { t } = useTranslation();
  const { theme } = usePreferences();
  const box = useRef<HTMLElement>(null);
  const touched = useRef(false);
  return (
    <section ref={box} className="wp-canvas" aria-label={label}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        colorMode={theme}
        minZoom={0.1}
        deleteKeyCode={null}
        nodesDraggable={onPull !== undefined}
        // A hand that shakes chooses all the same, and what is pulled opens nothing.
        nodeDragThreshold={SHAKE}
        nodeClickDistance={SHAKE}
        selectNodesOnDrag={false}
        onNodeDrag={(_, { id, position }) => onPull?.(id, position)}
        onNodeDragStop={(_, { id, position }) => onLetGo?.(id, position)}
        onMoveStart={(event) => {
          if (event) touched.current = true;
          box.current?.classList.add('wp-canvas-moving');
        }}
        onMoveEnd={() => box.current?.classList.remove('wp-canvas-moving')}
        onNodesChange={(changes) => {
          const marks = new Set(nodes.filter(({ selected }) => selected).map(({ id }) => id));
          const before = marks.size;
          for (const change of changes) {
            if (change.type === 'select') marks[change.selected ? 'add' : 'delete'](change.id);
          }
          const added = changes.find((change) => change.type === 'select' && change.selected);
          if (added || marks.size !== before) onMark?.([...marks]);
          if (added?.type === 'select' && marks.size === 1) onChoose?.(added.id);
        }}
        onPaneClick={({ clientX: x, clientY: y }) => {
          onMark?.([]);
          if (onBare) onBare({ x, y });
          else onChoose?.(null);
        }}
        onConnect={({ source, target }) => onConnect?.(source, target)}
        isValidConnection={(edge: Edge | Connection) => mayConnect?.(edge.source, edge.target) ?? false}
        ariaLabelConfig={{
          'node.a11yDescription.default': t('canvas.nodeHelp'),
          // The arrow keys alone move nothing: there is nothing to tell.
          'node.a11yDescription.ariaLiveMessage': () => '',
          'controls.ariaLabel': t('canvas.controls'),
          'controls.zoomIn.ariaLabel': t('canvas.zoomIn'),
          'controls.zoomOut.ariaLabel': t('canvas.zoomOut'),
          'controls.fitView.ariaLabel': t('canvas.fit'),
          'minimap.ariaLabel': t('canvas.map'),
        }}
      >
        <Controls
          showInteractive={false}
          onFitView={() => {
            touched.current = false;
            fit();
          }}
        />
        <Refit fit={fit} touched={touched} />
        {children}
      </ReactFlow>
    </section>
  );
}

/** For what asks the graph where it stands. */
export const FlowProvider = ReactFlowProvider;
