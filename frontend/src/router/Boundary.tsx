import { Component, type ReactNode } from 'react';
import { useLocation } from 'react-router';
import { Failed } from '@/router/Failed';

interface Props {
  at: string;
  children: ReactNode;
}

interface State {
  at: string;
  failed: boolean;
}

class Catch extends Component<Props, State> {
  override state: State = { at: this.props.at, failed: false };

  static getDerivedStateFromError(): Partial<State> {
    return { failed: true };
  }

  /** Another place is another chance. */
  static getDerivedStateFromProps({ at }: Props, state: State): State | null {
    return at === state.at ? null : { at, failed: false };
  }

  override render() {
    return this.state.failed ? <Failed /> : this.props.children;
  }
}

/** Shows `Failed` in place of a page that broke. */
export function Boundary({ children }: { children: ReactNode }) {
  const { pathname } = useLocation();
  return <Catch at={pathname}>{children}</Catch>;
}
