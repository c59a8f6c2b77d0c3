import { Panel, useReactFlow, useStoreApi } from '@xyflow/react';
import { type PointerEvent, useEffect, useMemo, useRef } from 'react';
import { coloursOf, mapView, paintMap, seenBy } from '@/components/canvas/paint';
import type { Scene } from '@/components/canvas/scene';
import { useTranslation } from '@/hooks/use-translation';
import { usePreferences } from '@/store/preferences';

const [WIDTH, HEIGHT] = [200, 150];

/** The whole in small, with what is in view; a press goes there. */
export function WideMap({ scene }: { scene: Scene }) {
  const { t } = useTranslation();
  const flow = useReactFlow();
  const store = useStoreApi();
  const theme = usePreferences((state) => state.theme);
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const view = useMemo(() => mapView(scene, WIDTH, HEIGHT), [scene]);
  // Another theme has other colours.
  useEffect(() => {
    if (canvas.current) paintMap(canvas.current, scene, view, coloursOf(canvas.current));
  }, [scene, view, theme]);
  useEffect(() => {
    const place = () => {
      const { transform, width, height } = store.getState();
      const [x, y, zoom] = transform;
      const seen = seenBy({ x, y, zoom }, width, height);
      const scale = `scale(${(seen.width * view.zoom) / WIDTH}, ${(seen.height * view.zoom) / HEIGHT})`;
      const move = `translate(${seen.x * view.zoom + view.x}px, ${seen.y * view.zoom + view.y}px)`;
      if (frame.current) frame.current.style.transform = `${move} ${scale}`;
    };
    place();
    return store.subscribe((now, before) => {
      if (now.transform !== before.transform || now.width !== before.width) place();
    });
  }, [store, view]);
  const go = (event: PointerEvent) => {
    if (event.buttons !== 1) return;
    const edge = event.currentTarget.getBoundingClientRect();
    const x = (event.clientX - edge.left - view.x) / view.zoom;
    const y = (event.clientY - edge.top - view.y) / view.zoom;
    void flow.setCenter(x, y, { zoom: flow.getZoom() });
  };
  return (
    <Panel position="bottom-right" className="wp-minimap wp-wide-map" onPointerDown={go} onPointerMove={go}>
      <canvas ref={canvas} width={WIDTH} height={HEIGHT} role="img" aria-label={t('canvas.map')} />
      <div ref={frame} className="wp-wide-seen" />
    </Panel>
  );
}
