import type { StepStatus } from '@/types/api';

/** The letters of a map, as the server writes them. */
const LETTERS: Record<string, StepStatus> = {
  p: 'pending',
  r: 'running',
  w: 'waiting',
  s: 'succeeded',
  f: 'failed',
  k: 'skipped',
  c: 'cancelled',
};

/** States in the order in which they are offered: what needs somebody first. */
export const STATES: StepStatus[] = ['failed', 'running', 'waiting', 'pending', 'cancelled', 'skipped', 'succeeded'];

export const stateAt = (states: string, index: number): StepStatus => LETTERS[states.charAt(index)] ?? 'pending';

/** A cell with the gap beside it, in pixels. */
export const CELL = 16;
const GAP = 3;

/** The items that are shown: all, or those in a state. */
export function chosenOf(states: string, state: StepStatus | undefined): number[] | undefined {
  if (!state) return undefined;
  const letter = Object.keys(LETTERS).find((one) => LETTERS[one] === state);
  const found: number[] = [];
  for (let index = 0; index < states.length; index++) if (states[index] === letter) found.push(index);
  return found;
}

export interface Layout {
  columns: number;
  rows: number;
  /** Of all rows, in pixels. */
  height: number;
}

export function layoutOf(count: number, width: number): Layout {
  const columns = Math.max(1, Math.floor((width + GAP) / CELL));
  const rows = Math.ceil(count / columns);
  return { columns, rows, height: rows * CELL };
}

/** The place in the grid under a point of it; undefined between cells and beyond the last. */
export function placeAt({ columns }: Layout, count: number, x: number, y: number): number | undefined {
  const column = Math.floor(x / CELL);
  if (x < 0 || y < 0 || column >= columns || x % CELL >= CELL - GAP || y % CELL >= CELL - GAP) return undefined;
  const place = Math.floor(y / CELL) * columns + column;
  return place < count ? place : undefined;
}

/** Where an arrow, or another key that moves, leads from a place. */
export function moved(key: string, place: number, count: number, columns: number): number | undefined {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    PageUp: -columns * 10,
    PageDown: columns * 10,
    Home: -place,
    End: count - 1 - place,
  };
  const step = steps[key];
  return step === undefined ? undefined : Math.min(count - 1, Math.max(0, place + step));
}

const COLOURS: Record<StepStatus, string> = {
  pending: '--wp-border',
  running: '--wp-run',
  waiting: '--wp-parked',
  succeeded: '--wp-ok',
  failed: '--wp-bad',
  skipped: '--wp-text-3',
  cancelled: '--wp-warn',
};

/** What stands in a cell, so that no state is told by its colour alone. */
const MARKS: Record<StepStatus, string> = {
  pending: '',
  running: '▸',
  waiting: '‖',
  succeeded: '',
  failed: '×',
  skipped: '·',
  cancelled: '–',
};

export interface Scene {
  states: string;
  /** Numbers of the items shown; all of them when undefined. */
  shown: number[] | undefined;
  layout: Layout;
  /** How far the grid is scrolled, and how much of it is seen. */
  top: number;
  width: number;
  height: number;
  /** The place under the keyboard. */
  place: number | undefined;
}

/** Draws what is in view. */
export function draw(canvas: HTMLCanvasElement, scene: Scene): void {
  const { states, shown, layout, top, width, height, place } = scene;
  const pen = canvas.getContext('2d');
  if (!pen) return;
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.ceil(width * ratio);
  canvas.height = Math.ceil(height * ratio);
  pen.scale(ratio, ratio);
  pen.font = `${CELL - GAP}px ${style.fontFamily}`;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  const fills = Object.fromEntries(STATES.map((state) => [state, colour(COLOURS[state])]));
  const ink = colour('--wp-surface');
  const count = shown?.length ?? states.length;
  const size = CELL - GAP;
  const first = Math.floor(top / CELL) * layout.columns;
  const last = Math.min(count, Math.ceil((top + height) / CELL) * layout.columns);
  for (let at = first; at < last; at++) {
    const state = stateAt(states, shown?.[at] ?? at);
    const x = (at % layout.columns) * CELL;
    const y = Math.floor(at / layout.columns) * CELL - top;
    pen.fillStyle = fills[state] ?? '';
    pen.beginPath();
    pen.roundRect(x, y, size, size, 2);
    pen.fill();
    if (MARKS[state]) {
      pen.fillStyle = ink;
      pen.fillText(MARKS[state], x + size / 2, y + size / 2 + 1);
    }
    if (at === place) {
      pen.strokeStyle = colour('--wp-text');
      pen.lineWidth = 2;
      pen.strokeRect(x, y, size, size);
    }
  }
}
