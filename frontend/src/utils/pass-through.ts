import type { ReactNode } from 'react';

/** A component that is only what is inside. */
export default ({ children }: { children: ReactNode }) => children;
