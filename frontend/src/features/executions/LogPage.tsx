import { Button } from 'antd';
import { memo, useEffect, useRef, useState } from 'react';
import { stepOf } from '@/features/executions/whole-log';
import { useFold, useNear } from '@/hooks/use-fold';
import { useTranslation } from '@/hooks/use-translation';
import type { LogLine } from '@/types/api';
import { absolute } from '@/utils/format';

/** What the lines scroll in. */
const BOX = '.wp-logs';

/** Lines that come into view and leave it together. */
const TOGETHER = 50;

/** Lines that came together. */
export const LogPage = memo(function LogPage({ lines }: { lines: LogLine[] }) {
  return Array.from({ length: Math.ceil(lines.length / TOGETHER) }, (_, index) => (
    <FoldingLines key={index} lines={lines} first={index * TOGETHER} />
  ));
});

/** Out of view they are only as high as they were. */
function FoldingLines({ lines, first }: { lines: LogLine[]; first: number }) {
  const ref = useRef<HTMLDivElement>(null);
  const height = useFold(ref, BOX);
  return (
    <div ref={ref} style={height === undefined ? undefined : { height }}>
      {height === undefined &&
        lines.slice(first, first + TOGETHER).map((line, index) => <Line key={index} {...line} />)}
    </div>
  );
}

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
  useNear(ref, setNear, BOX);
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
