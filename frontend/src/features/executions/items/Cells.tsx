import { type KeyboardEvent, type MouseEvent, useEffect, useRef, useState } from 'react';
import { draw, layoutOf, moved, placeAt, stateAt } from '@/features/executions/items/grid';
import { useTranslation } from '@/hooks/use-translation';
import { usePreferences } from '@/store/preferences';

interface Props {
  label: string;
  states: string;
  /** Numbers of the items shown; all of them when undefined. */
  shown: number[] | undefined;
  onOpen: (index: number) => void;
}

/** The most of the grid that is seen at once, in pixels. */
const TALLEST = 320;

/** A cell for each item, drawn as far as it is in view. Arrows move, Enter opens. */
export function Cells({ label, states, shown, onOpen }: Props) {
  const { t } = useTranslation();
  const theme = usePreferences(({ theme }) => theme);
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const [top, setTop] = useState(0);
  const [focused, setFocused] = useState(false);
  const [kept, setPlace] = useState(0);
  const [hovered, setHovered] = useState<number>();
  const count = shown?.length ?? states.length;
  const place = Math.min(kept, Math.max(0, count - 1));
  const layout = layoutOf(count, width);
  const height = Math.min(TALLEST, layout.height);
  const indexAt = (at: number) => shown?.[at] ?? at;
  const named = (at: number) =>
    t('executions.itemNamed', { index: indexAt(at), state: t(`status.${stateAt(states, indexAt(at))}`) });

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const watch = new ResizeObserver(() => setWidth(element.clientWidth));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  useEffect(() => {
    const seen = { states, shown, layout, top, width, height, place: focused ? place : undefined };
    if (canvas.current && width > 0) draw(canvas.current, seen);
  });

  const placeOf = ({ clientX, clientY }: MouseEvent) => {
    const edge = canvas.current?.getBoundingClientRect();
    return edge && placeAt(layout, count, clientX - edge.left, clientY - edge.top + top);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && count > 0) return onOpen(indexAt(place));
    const next = moved(event.key, place, count, layout.columns);
    if (next === undefined) return;
    event.preventDefault();
    setPlace(next);
    const row = Math.floor(next / layout.columns) * (layout.height / layout.rows);
    const element = box.current;
    if (element && (row < element.scrollTop || row > element.scrollTop + height - 16))
      element.scrollTop = row - height / 2;
  };
  return (
    <div
      ref={box}
      className="wp-cells"
      style={{ maxHeight: TALLEST }}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, count - 1)}
      aria-valuenow={place}
      aria-valuetext={count > 0 ? named(place) : undefined}
      title={hovered === undefined ? undefined : named(hovered)}
      data-theme={theme}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
      onKeyDown={onKey}
      onMouseMove={(event) => setHovered(placeOf(event))}
      onMouseLeave={() => setHovered(undefined)}
      onClick={(event) => {
        const at = placeOf(event);
        if (at === undefined) return;
        setPlace(at);
        onOpen(indexAt(at));
      }}
    >
      <div style={{ height: layout.height }}>
        <canvas ref={canvas} style={{ width, height }} aria-hidden />
      </div>
    </div>
  );
}
