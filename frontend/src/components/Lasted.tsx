import { useNow } from '@/hooks/use-now';
import { duration, elapsed } from '@/utils/format';

/** How long something took, or takes so far when `running`. */
export function Lasted({
  start,
  end,
  running = false,
}: {
  start: string | null | undefined;
  end: string | null | undefined;
  running?: boolean;
}) {
  const now = useNow(running && start && !end ? 1000 : null);
  const milliseconds = running || end ? elapsed(start, end, now) : null;
  return <span className="wp-number whitespace-nowrap">{milliseconds === null ? '–' : duration(milliseconds)}</span>;
}
