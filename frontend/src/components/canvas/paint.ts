import { NODE } from '@/components/canvas/node';
import { crosses, inView, type Rect, type Scene, type Standing } from '@/components/canvas/scene';
import { VARIABLE_OF } from '@/utils/status';

export interface Viewport {
  x: number;
  y: number;
  zoom: number;
}

/** From here on steps are read and used; below they are drawn, with names as long as those can be read. */
export const NEAR = 0.55;
const NAMED = 0.2;
/** Lines in one stroke: many short strokes are quicker than few long ones. */
const STROKE = 64;

export const seenBy = ({ x, y, zoom }: Viewport, width: number, height: number): Rect => ({
  x: -x / zoom,
  y: -y / zoom,
  width: width / zoom,
  height: height / zoom,
});

/** Makes a canvas as fine as the screen and clears it. */
export function penOf(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const ratio = window.devicePixelRatio || 1;
  const [wide, high] = [Math.ceil(width * ratio), Math.ceil(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
  const pen = canvas.getContext('2d');
  pen?.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen?.clearRect(0, 0, width, height);
  return pen;
}

/** The colours that a canvas draws with; they change with the theme alone. */
export function coloursOf(canvas: HTMLCanvasElement) {
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(`--wp-${name}`).trim();
  const names = [
    'text',
    'text-2',
    'surface',
    'raised',
    'border-strong',
    'primary',
    'bad',
    ...Object.values(VARIABLE_OF),
  ];
  return { font: style.fontFamily, of: Object.fromEntries(names.map((name) => [name, colour(name)])) };
}
export type Colours = ReturnType<typeof coloursOf>;

const nameOf = ({ step }: Standing) => (step.status ? VARIABLE_OF[step.status] : step.faulty ? 'bad' : 'text-2');

/** Steps as boxes, those of a colour together. */
function boxes(pen: CanvasRenderingContext2D, seen: Standing[], { of }: Colours) {
  for (const name of new Set(seen.map(nameOf))) {
    pen.fillStyle = of[name] ?? '';
    for (const one of seen) if (nameOf(one) === name) box(pen, one);
  }
}

/** What was skipped is not filled wholly: its grey is that of what waits. */
function box(pen: CanvasRenderingContext2D, { x, y, step }: Standing) {
  pen.globalAlpha = step.status === 'skipped' ? 0.35 : 1;
  pen.fillRect(x, y, NODE.width, NODE.height);
  pen.globalAlpha = 1;
}

function names(pen: CanvasRenderingContext2D, seen: Standing[], { of, font }: Colours) {
  pen.font = `600 34px ${font}`;
  pen.textBaseline = 'middle';
  pen.fillStyle = of.surface ?? '';
  for (const { step, x, y } of seen) pen.fillText(step.id, x + 12, y + NODE.height / 2, NODE.width - 24);
}

function lines(pen: CanvasRenderingContext2D, scene: Scene, seen: Rect, near: boolean) {
  const shown = scene.lines.filter((line) => crosses(line, seen));
  for (let first = 0; first < shown.length; first += STROKE) {
    pen.beginPath();
    for (const { from, to } of shown.slice(first, first + STROKE)) {
      const [x1, y1] = [from.x + NODE.width / 2, from.y + NODE.height];
      const [x2, y2] = [to.x + NODE.width / 2, to.y];
      pen.moveTo(x1, y1);
      if (near) pen.bezierCurveTo(x1, (y1 + y2) / 2, x2, (y1 + y2) / 2, x2, y2);
      else pen.lineTo(x2, y2);
    }
    pen.stroke();
  }
  return shown;
}

/** Arrow heads, and what is written at a line. */
function heads(pen: CanvasRenderingContext2D, shown: Scene['lines'], { of, font }: Colours) {
  pen.fillStyle = of['border-strong'] ?? '';
  for (const { to } of shown) {
    const x = to.x + NODE.width / 2;
    pen.beginPath();
    pen.moveTo(x, to.y);
    pen.lineTo(x - 5, to.y - 9);
    pen.lineTo(x + 5, to.y - 9);
    pen.fill();
  }
  pen.font = `12px ${font}`;
  pen.textAlign = 'center';
  pen.fillStyle = of['text-2'] ?? '';
  for (const { from, to, text } of shown) {
    if (text) pen.fillText(text, (from.x + to.x + NODE.width) / 2, (from.y + NODE.height + to.y) / 2);
  }
  pen.textAlign = 'start';
}

/** Draws what is in view: lines always, steps where they are too small to be elements. */
export function paint(canvas: HTMLCanvasElement, scene: Scene, how: View): void {
  const { view, width, height, chosen, bare, colours } = how;
  const pen = penOf(canvas, width, height);
  if (!pen) return;
  const seen = seenBy(view, width, height);
  const near = view.zoom >= NEAR;
  pen.translate(view.x, view.y);
  pen.scale(view.zoom, view.zoom);
  pen.strokeStyle = colours.of['border-strong'] ?? '';
  pen.lineWidth = near ? 1.2 : 1 / view.zoom;
  const shown = lines(pen, scene, seen, near);
  if (near) {
    heads(pen, shown, colours);
    if (!bare) return;
  }
  const steps = scene.standing.filter((at) => inView(at, seen));
  boxes(pen, steps, colours);
  if (view.zoom >= NAMED) names(pen, steps, colours);
  const one = steps.find(({ step }) => step.id === chosen);
  if (!one) return;
  pen.strokeStyle = colours.of.primary ?? '';
  pen.lineWidth = 3 / view.zoom;
  pen.strokeRect(one.x, one.y, NODE.width, NODE.height);
}

export interface View {
  view: Viewport;
  width: number;
  height: number;
  chosen?: string | null;
  /** Draws steps that are large enough to be elements, too. */
  bare: boolean;
  colours: Colours;
}

/** How a map of the whole is placed in a box. */
export function mapView({ bounds }: Scene, width: number, height: number): Viewport {
  const zoom = Math.min(width / bounds.width, height / bounds.height) * 0.94;
  return {
    zoom,
    x: (width - bounds.width * zoom) / 2 - bounds.x * zoom,
    y: (height - bounds.height * zoom) / 2 - bounds.y * zoom,
  };
}

/** Draws the map: every step as a dot of its colour. */
export function paintMap(canvas: HTMLCanvasElement, scene: Scene, view: Viewport, colours: Colours): void {
  const pen = penOf(canvas, canvas.clientWidth, canvas.clientHeight);
  if (!pen) return;
  pen.translate(view.x, view.y);
  pen.scale(view.zoom, view.zoom);
  boxes(pen, scene.standing, colours);
}
