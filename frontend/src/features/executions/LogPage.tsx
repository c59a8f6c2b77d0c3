import { Button } from 'antd';
import { memo, type RefObject, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LogLine } from '@/types/api';
import { absolute } from '@/utils/format';

/** How far beyond what is in view lines are drawn and loaded. */
const AHEAD = '1500px 0px';

export const stepOf = ({ step, item }: LogLine) => (item == null ? (step ?? '') : `${step}[${item}]`);

/** Tells whenever an element comes near what is in view of the box that scrolls, or leaves it. */
function useNear(ref: RefObject<HTMLElement | null>, tell: (near: boolean, height: number) => void) {
  const last = useRef(tell);
  last.current = tell;
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const watch = new IntersectionObserver(
      (entries) => {
        const entry = entries.at(-1);
        if (entry) last.current(entry.isIntersecting, entry.boundingClientRect.height);
      },
      { root: element.closest('.wp-logs'), rootMargin: AHEAD },
    );
    watch.observe(element);
    return () => watch.disconnect();
  }, [ref]);
}

/** Lines that came together. Out of view they are only as high as they were. */
export const LogPage = memo(function LogPage({ lines }: { lines: LogLine[] }) {
  const ref = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState<number>();
  useNear(ref, (near, was) => setHeight((known) => (near ? undefined : (known ?? was))));
  return (
    <div ref={ref} style={height === undefined ? undefined : { height }}>
      {height === undefined && lines.map((line, index) => <Line key={index} {...line} />)}
    </div>
  );
});

function Line(line: LogLine) {
  const at = absolute(line.at);
  return (
    <div className={`wp-log wp-log-${line.level}`}>
      <time dateTime={line.at} title={at}>
        {at.slice(11)}
      </time>
      <span className="wp-log-level">{line.level}</span>
      <span className="wp-log-step">{stepOf(line)}</span>
      <span className="wp-log-message">{line.message}</span>
    </div>
  );
}

interface MoreProps {
  more: () => void;
  loading: boolean;
  /** Not after a failure, which would go on for ever. */
  byItself: boolean;
}

/** Loads the next lines as their end comes near; or by hand. */
export function MoreLines({ more, loading, byItself }: MoreProps) {
  const { t } = useTranslation();
  const ref = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(false);
  useNear(ref, setNear);
  useEffect(() => {
    if (near && byItself && !loading) more();
  }, [near, byItself, loading, more]);
  return (
    <div ref={ref}>
      <Button type="link" loading={loading} onClick={more}>
        {t('common.more')}
      </Button>
    </div>
  );
}
