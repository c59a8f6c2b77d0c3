import { memo, useEffect, useMemo, useRef } from 'react';
import { EmptyState } from '@/components/EmptyState';
import { StatusTag } from '@/components/StatusTag';
import { type Bar, type Lane, lanesOf } from '@/features/executions/timeline';
import { useNow } from '@/hooks/use-now';
import { useTranslation } from '@/hooks/use-translation';
import { reveal, useWindow } from '@/hooks/use-window';
import type { Step } from '@/types/api';
import { duration } from '@/utils/format';

/** How high a lane is, as the style has it. */
const LANE = 32;

interface Props {
  steps: Step[];
  running: boolean;
  chosen: string | null;
  onChoose: (id: string | null) => void;
}

/** When each attempt began and how long it took. */
export function Timeline({ steps, running, chosen, onChoose }: Props) {
  const { t } = useTranslation();
  const now = useNow(running ? 1000 : null);
  const { lanes, begin, end } = useMemo(() => lanesOf(steps, now), [steps, now]);
  if (lanes.length === 0) return <EmptyState title={t('executions.notBegun')} text={t('executions.notBegunText')} />;
  return (
    <section className="wp-card wp-timeline" aria-label={t('executions.timeline')}>
      <div className="wp-lane wp-muted" aria-hidden>
        <span />
        <span className="flex justify-between gap-2 whitespace-nowrap">
          <span>0</span>
          <span>{duration((end - begin) / 2)}</span>
          <span>{duration(end - begin)}</span>
        </span>
      </div>
      <Lanes lanes={lanes} chosen={chosen} onChoose={onChoose} />
    </section>
  );
}

interface LanesProps extends Pick<Props, 'chosen' | 'onChoose'> {
  lanes: Lane[];
}

/** Of many lanes those in view are drawn. */
function Lanes({ lanes, chosen, onChoose }: LanesProps) {
  const box = useRef<HTMLDivElement>(null);
  const { first, end } = useWindow(box, lanes.length, LANE);
  const last = useRef(onChoose);
  last.current = onChoose;
  const choose = useRef((id: string, on: boolean) => last.current(on ? null : id)).current;
  const at = useRef(lanes);
  at.current = lanes;
  useEffect(() => {
    const index = at.current.findIndex(({ id }) => id === chosen);
    reveal(box.current, index, LANE);
  }, [chosen]);
  return (
    <div ref={box} className="wp-lanes">
      <ol style={{ height: lanes.length * LANE, paddingTop: first * LANE }}>
        {lanes.slice(first, end).map((lane) => (
          <LaneRow key={lane.id} lane={lane} chosen={lane.id === chosen} onChoose={choose} />
        ))}
      </ol>
    </div>
  );
}

interface RowProps {
  lane: Lane;
  chosen: boolean;
  onChoose: (id: string, chosen: boolean) => void;
}

const LaneRow = memo(function LaneRow({ lane: { id, status, bars }, chosen, onChoose }: RowProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys press the button in it, which bubbles
    <li className={chosen ? 'wp-lane wp-lane-chosen' : 'wp-lane'} data-lane={id} onClick={() => onChoose(id, chosen)}>
      <button type="button" className="wp-lane-name" aria-pressed={chosen} title={id}>
        {id}
      </button>
      <ul className="wp-bars">
        {bars.length === 0 && (
          <li>
            <StatusTag status={status} />
          </li>
        )}
        {bars.map((bar) => (
          <BarOf key={bar.key} bar={bar} />
        ))}
      </ul>
    </li>
  );
});

function BarOf({ bar: { left, width, status, attempt, item, milliseconds } }: { bar: Bar }) {
  const { t } = useTranslation();
  const place = item === null ? '' : `${t('executions.item')} ${item} · `;
  const text = `${place}${t('executions.attempt')} ${attempt} · ${t(`status.${status}`)} · ${duration(milliseconds)}`;
  return (
    <li className={`wp-bar wp-status-${status}`} style={{ left: `${left}%`, width: `${width}%` }} title={text}>
      <span className="sr-only">{text}</span>
    </li>
  );
}
