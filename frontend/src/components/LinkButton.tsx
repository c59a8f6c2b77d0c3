import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useHref, useLinkClickHandler } from 'react-router';

interface Props {
  to: string;
  primary?: boolean;
  small?: boolean;
  children: ReactNode;
}

/** A link that looks like a button. */
export function LinkButton({ to, primary, small, children }: Props) {
  const href = useHref(to);
  const onClick = useLinkClickHandler(to);
  return (
    <Button
      type={primary ? 'primary' : 'default'}
      size={small ? 'small' : undefined}
      href={href}
      onClick={(event) => onClick(event as unknown as React.MouseEvent<HTMLAnchorElement>)}
    >
      {children}
    </Button>
  );
}
