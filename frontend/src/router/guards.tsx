import type { ReactNode } from 'react';
import { Navigate, Outlet, useLocation, useSearchParams } from 'react-router';
import { useSession } from '@/store/session';

/** Pages for those who are signed in; others come back here after signing in. */
export function SignedInOnly({ children }: { children: ReactNode }) {
  const state = useSession((session) => session.state);
  const { pathname, search } = useLocation();
  if (state === 'unknown') return null;
  if (state === 'in') return children;
  const next = pathname + search;
  return <Navigate to={next === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`} replace />;
}

export function SignedOutOnly() {
  const state = useSession((session) => session.state);
  const [search] = useSearchParams();
  if (state === 'unknown') return null;
  if (state === 'out') return <Outlet />;
  const next = search.get('next') ?? '';
  // Only a path of ours: `//host` would lead elsewhere.
  return <Navigate to={/^\/(?!\/)/.test(next) ? next : '/dashboard'} replace />;
}
