import type { ReactNode } from 'react';
import type { AnyStatus } from '@/utils/status';

/** A step as it is shown on the canvas. */
export interface CanvasStep {
  id: string;
  uses: string;
  needs: string[];
  /** Written at an edge that leads here. */
  condition?: string;
  /** What else is to be seen at once: a state, a count, a fault. */
  extra?: ReactNode;
  /** Its colour where it is too small for words. */
  status?: AnyStatus;
  faulty?: boolean;
}

/** The last of each id: a graph with two nodes of one id is never measured, and so never fits its room. */
export const oneEach = (steps: CanvasStep[]): CanvasStep[] => [
  ...new Map(steps.map((step) => [step.id, step])).values(),
];

export interface CanvasProps {
  label: string;
  steps: CanvasStep[];
  chosen?: string | null;
  onChoose?: (id: string | null) => void;
  /** What is chosen elsewhere is brought into view. */
  reveals?: boolean;
  /** Several that are dealt with together. */
  marked?: string[];
  onMark?: (ids: string[]) => void;
  /** Gives a step another place among all. Graphs too large to be drawn as a whole are put in order elsewhere. */
  onPlace?: (id: string, place: number) => void;
  /** Absent where nothing may be changed. */
  onConnect?: (from: string, to: string) => void;
  mayConnect?: (from: string, to: string) => boolean;
}
