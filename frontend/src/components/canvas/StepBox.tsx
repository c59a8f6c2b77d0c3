import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { KindIcon } from '@/components/canvas/KindIcon';
import { NODE, type Placed } from '@/components/canvas/node';
import type { CanvasStep } from '@/components/canvas/step';

export type StepNode = Node<{ step: CanvasStep; open: boolean; tied: boolean }, 'step'>;

function StepBox({ data, selected }: NodeProps<StepNode>) {
  const { step, open, tied } = data;
  const classes = [
    'wp-node',
    selected && 'wp-node-chosen',
    step.faulty && 'wp-node-faulty',
    step.status === 'skipped' && 'wp-node-skipped',
  ];
  return (
    <div className={classes.filter(Boolean).join(' ')}>
      {tied && <Handle type="target" position={Position.Top} isConnectable={open} />}
      <span className="wp-node-name">
        <KindIcon uses={step.uses} /> {step.id}
      </span>
      <span className="wp-muted wp-node-uses">{step.uses}</span>
      {step.extra && <span className="wp-node-extra">{step.extra}</span>}
      {tied && <Handle type="source" position={Position.Bottom} isConnectable={open} />}
    </div>
  );
}

export const NODE_TYPES = { step: StepBox };

/** A step as React Flow takes it; `tied` when lines begin and end at it. */
export const nodeOf = (step: CanvasStep, place: Placed | undefined, open: boolean, tied = true): StepNode => ({
  id: step.id,
  type: 'step',
  position: place ?? { x: 0, y: 0 },
  data: { step, open, tied },
  ariaLabel: `${step.id}: ${step.uses}`,
  ...NODE,
  // Said here, too, so that its lines stay while it is made anew.
  measured: NODE,
});
