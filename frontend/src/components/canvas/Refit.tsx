import { useStore } from '@xyflow/react';
import { type RefObject, useEffect, useRef } from 'react';

interface Props {
  fit: () => void;
  /** Whether somebody has chosen what to look at. */
  touched: RefObject<boolean>;
}

/** Brings the whole into view at first, and again when the room for it changes until somebody moves about. */
export function Refit({ fit, touched }: Props) {
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const last = useRef(fit);
  last.current = fit;
  useEffect(() => {
    if (width > 0 && height > 0 && !touched.current) last.current();
  }, [width, height, touched]);
  return null;
}
