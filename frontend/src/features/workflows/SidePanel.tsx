import { Button } from 'antd';
import type { StepNode } from '@/components/canvas/graph';
import { ParamsPanel } from '@/features/workflows/ParamsPanel';
import { paramsIn } from '@/features/workflows/params';
import { StepOrder } from '@/features/workflows/StepOrder';
import { useTranslation } from '@/hooks/use-translation';
import type { JsonObject, Problem } from '@/types/api';

const PANELS = ['params', 'order'] as const;

/** What stands beside the graph while no step is chosen. */
export type Panel = (typeof PANELS)[number];

export const panelOf = (name: string | undefined) => PANELS.find((one) => one === name);

interface SwitchProps {
  panel: Panel | undefined;
  definition: JsonObject;
  nodes: StepNode[];
  onChange: (panel: Panel | undefined) => void;
}

/** Opens one of the panels, and closes it again. */
export function PanelSwitch({ panel, definition, nodes, onChange }: SwitchProps) {
  const { t } = useTranslation();
  const counts: Record<Panel, number> = { params: paramsIn(definition).length, order: nodes.length };
  return PANELS.map((one) => (
    <Button
      key={one}
      aria-expanded={one === panel}
      type={one === panel ? 'primary' : 'default'}
      onClick={() => onChange(one === panel ? undefined : one)}
    >
      {t(`canvas.panels.${one}`, { count: counts[one] })}
    </Button>
  ));
}

interface Props {
  panel: Panel;
  source: string;
  definition: JsonObject;
  nodes: StepNode[];
  problems: Problem[];
  onText: (text: string) => void;
  onChoose: (step: string) => void;
  onJump: (problem: Problem) => void;
}

export function SidePanel({ panel, ...props }: Props) {
  return panel === 'params' ? <ParamsPanel {...props} /> : <StepOrder {...props} />;
}
