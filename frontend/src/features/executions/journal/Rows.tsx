import { memo, type RefObject, useRef } from 'react';
import { aboutOf, briefOf, toneOf } from '@/features/executions/journal/kinds';
import { useTranslation } from '@/hooks/use-translation';
import type { Stretch } from '@/hooks/use-window';
import type { JournalEntry } from '@/types/api';
import { precise } from '@/utils/format';

/** How high a row is, as the style has it. */
export const ROW = 30;

interface Props {
  box: RefObject<HTMLElement | null>;
  count: number;
  stretch: Stretch;
  /** The event of a row; undefined while it is on its way. */
  at: (row: number) => JournalEntry | undefined;
  onOpen: (seq: number) => void;
  busy?: boolean;
}

/** Events below each other, of which those in view are drawn. */
export function Rows({ box, count, stretch: { first, end }, at, onOpen, busy }: Props) {
  const { t } = useTranslation();
  const last = useRef(onOpen);
  last.current = onOpen;
  const open = useRef((seq: number) => last.current(seq)).current;
  return (
    <section
      ref={box}
      className="wp-journal"
      hidden={count === 0}
      aria-label={t('executions.journal')}
      aria-busy={busy}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      data-events={count}
    >
      <ol style={{ height: count * ROW, paddingTop: first * ROW }}>
        {Array.from({ length: end - first }, (_, index) => (
          <EventRow key={first + index} row={first + index} count={count} entry={at(first + index)} onOpen={open} />
        ))}
      </ol>
    </section>
  );
}

interface RowProps {
  row: number;
  count: number;
  entry: JournalEntry | undefined;
  onOpen: (seq: number) => void;
}

const EventRow = memo(function EventRow({ row, count, entry, onOpen }: RowProps) {
  const place = { 'aria-posinset': row + 1, 'aria-setsize': count };
  if (!entry)
    return (
      <li className="wp-event" {...place}>
        <span className="wp-skeleton" />
      </li>
    );
  const time = precise(entry.at);
  return (
    <li className={`wp-event wp-event-${toneOf(entry)}`} {...place}>
      <button type="button" onClick={() => onOpen(entry.seq)}>
        <span className="wp-event-seq">{entry.seq}</span>
        <time dateTime={entry.at} title={time}>
          {time.slice(11)}
        </time>
        <span className="wp-event-kind">{entry.kind}</span>
        <span className="wp-event-about">{aboutOf(entry)}</span>
        <span className="wp-event-body">{briefOf(entry)}</span>
      </button>
    </li>
  );
});
