import fc from 'fast-check';
import { expect, it } from 'vitest';
import { layersOf } from '@/components/canvas/layers';
import { NODE } from '@/components/canvas/node';
import { mapView, seenBy } from '@/components/canvas/paint';
import { crosses, inView, roundedView, sceneOf, stepAt } from '@/components/canvas/scene';
import type { CanvasStep } from '@/components/canvas/step';

const steps: CanvasStep[] = Array.from({ length: 400 }, (_, place) => ({
  id: `s${place}`,
  uses: 'wait.for',
  needs: place < 8 ? [] : [`s${place - 8}`],
}));
const scene = sceneOf(steps, layersOf(steps));

it('a step is found under each of its points, and none between steps', () => {
  for (const { step, x, y } of scene.standing) {
    expect(stepAt(scene, x, y)).toBe(step.id);
    expect(stepAt(scene, x + NODE.width - 1, y + NODE.height - 1)).toBe(step.id);
    expect(stepAt(scene, x - 1, y)).toBeNull();
  }
});

it('a line leads from what is waited for to who waits, unless it is not there', () => {
  expect(scene.lines).toHaveLength(392);
  for (const { from, to } of scene.lines) expect(from.y).toBeLessThan(to.y);
  const lone = [{ id: 'a', uses: 'wait.for', needs: ['gone'] }];
  expect(sceneOf(lone, layersOf(lone)).lines).toEqual([]);
});

it('the map shows the whole', () => {
  const { x, y, zoom } = mapView(scene, 200, 150);
  for (const at of scene.standing) {
    expect(at.x * zoom + x).toBeGreaterThanOrEqual(0);
    expect((at.x + NODE.width) * zoom + x).toBeLessThanOrEqual(200);
    expect(at.y * zoom + y).toBeGreaterThanOrEqual(0);
    expect((at.y + NODE.height) * zoom + y).toBeLessThanOrEqual(150);
  }
});

it('what is in view is in the rounded view, with its lines', () => {
  const within = fc.record({
    x: fc.integer({ min: -3000, max: 3000 }),
    y: fc.integer({ min: -6000, max: 3000 }),
    zoom: fc.double({ min: 0.1, max: 2, noNaN: true }),
  });
  fc.assert(
    fc.property(within, (view) => {
      const seen = seenBy(view, 1200, 600);
      const rounded = roundedView(seen);
      for (const at of scene.standing) if (inView(at, seen)) expect(inView(at, rounded)).toBe(true);
      for (const line of scene.lines) {
        if (inView(line.from, seen) || inView(line.to, seen)) expect(crosses(line, seen)).toBe(true);
      }
    }),
  );
});
