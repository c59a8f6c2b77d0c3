import HolderOutlined from '@ant-design/icons/HolderOutlined';
import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react';
import { useStableKeys } from '@/hooks/use-stable-keys';
import { useTranslation } from '@/hooks/use-translation';
import { placeIn } from '@/utils/order';

interface Props<Item> {
  label: string;
  items: Item[];
  /** What tells an item from all others, and is read out as its name. */
  nameOf: (item: Item) => string;
  /** Absent while nothing may be moved. */
  onMove?: (name: string, place: number) => void;
  children: (item: Item) => ReactNode;
}

interface Drag {
  from: number;
  /** The gap it would be let go in, from 0 to the number of items. */
  gap: number;
}

/** A list whose items are put in order: pulled by their handles, or moved by the arrow keys on those. */
export function Ordered<Item>({ label, items, nameOf, onMove, children }: Props<Item>) {
  const { t } = useTranslation();
  const list = useRef<HTMLOListElement>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const [told, setTold] = useState('');
  const keys = useStableKeys(items.map(nameOf));
  const move = (from: number, to: number) => {
    const item = items[from];
    if (!item || to === from || to < 0 || to >= items.length) return;
    onMove?.(nameOf(item), to);
    setTold(t('ordered.moved', { name: nameOf(item), place: to + 1, total: items.length }));
  };
  const onKeyDown = (event: KeyboardEvent, from: number) => {
    const to = { ArrowUp: from - 1, ArrowDown: from + 1, Home: 0, End: items.length - 1 }[event.key];
    if (to === undefined) {
      if (event.key === 'Escape') setDrag(null);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    move(from, to);
  };
  const gapAt = (y: number) => {
    const rows = [...(list.current?.children ?? [])].map((row) => row.getBoundingClientRect());
    return rows.filter(({ top, height }) => y > top + height / 2).length;
  };
  const onPointerDown = (event: PointerEvent<HTMLButtonElement>, from: number) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ from, gap: from });
  };
  const onPointerUp = () => {
    if (drag) move(drag.from, placeIn(drag.from, drag.gap));
    setDrag(null);
  };
  const moves = drag !== null && placeIn(drag.from, drag.gap) !== drag.from;
  const classOf = (place: number) =>
    [
      'wp-ordered-item',
      drag?.from === place && 'wp-ordered-pulled',
      moves && drag.gap === place && 'wp-ordered-before',
      moves && drag.gap === place + 1 && place === items.length - 1 && 'wp-ordered-after',
    ]
      .filter(Boolean)
      .join(' ');
  return (
    <>
      <ol ref={list} className="wp-ordered" aria-label={label}>
        {items.map((item, place) => (
          <li key={keys[place]} className={classOf(place)}>
            <button
              type="button"
              className="wp-ordered-handle"
              aria-label={t('ordered.handle', { name: nameOf(item) })}
              title={t('ordered.help')}
              disabled={!onMove || items.length < 2}
              onKeyDown={(event) => onKeyDown(event, place)}
              onPointerDown={(event) => onPointerDown(event, place)}
              onPointerMove={({ clientY }) => drag && setDrag({ ...drag, gap: gapAt(clientY) })}
              onPointerUp={onPointerUp}
              onPointerCancel={() => setDrag(null)}
            >
              <HolderOutlined aria-hidden />
            </button>
            {children(item)}
          </li>
        ))}
      </ol>
      <span className="sr-only" aria-live="polite">
        {told}
      </span>
    </>
  );
}
