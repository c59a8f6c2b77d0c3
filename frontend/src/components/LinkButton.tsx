import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useHref, useLinkClickHandler } from 'react-router';

/** A link that looks like a button. */
export function LinkButton({ to, primary, children }: { to: string; primary?: boolean; children: ReactNode }) {
  const href = useHref(to);
  const onClick = useLinkClickHandler(to);
  return (
    <Button
      type={primary ? 'primary' : 'default'}
      href={href}
      onClick={(event) => onClick(event as unknown as React.MouseEvent<HTMLAnchorElement>)}
    >
      {children}
    </Button>
  );
}
