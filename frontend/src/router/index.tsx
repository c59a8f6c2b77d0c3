import { type ComponentType, lazy, Suspense, startTransition, useLayoutEffect, useState } from 'react';
import { Navigate, Route, Router, Routes } from 'react-router';
import { Frame } from '@/components/Frame';
import { Boundary } from '@/router/Boundary';
import { SignedInOnly, SignedOutOnly } from '@/router/guards';
import { current, listen, navigator } from '@/router/history';

const page = (load: () => Promise<{ Component: ComponentType }>) =>
  lazy(() => load().then(({ Component }) => ({ default: Component })));

const OUTSIDE = {
  '/sign-in': page(() => import('@/pages/sign-in')),
  '/sign-up': page(() => import('@/pages/sign-up')),
  '/reset-password': page(() => import('@/pages/reset-password')),
};

const INSIDE = {
  '/dashboard': page(() => import('@/pages/dashboard')),
  '/workflows': page(() => import('@/pages/workflows')),
  '/workflows/new': page(() => import('@/pages/new-workflow')),
  '/workflows/templates': page(() => import('@/pages/templates')),
  '/workflows/:id': page(() => import('@/pages/workflow')),
  '/executions': page(() => import('@/pages/executions')),
  '/executions/:id': page(() => import('@/pages/execution')),
  '/data': page(() => import('@/pages/datasets')),
  '/files': page(() => import('@/pages/files')),
  '/archive': page(() => import('@/pages/archive')),
  '/data/:name': page(() => import('@/pages/dataset')),
  '/proxies': page(() => import('@/pages/pools')),
  '/proxies/:id': page(() => import('@/pages/pool')),
  '/schedules': page(() => import('@/pages/schedules')),
  '/secrets': page(() => import('@/pages/secrets')),
  '/automations': page(() => import('@/pages/automations')),
  '/automations/new': page(() => import('@/pages/automation')),
  '/automations/webhooks': page(() => import('@/pages/webhooks')),
  '/automations/webhooks/:id': page(() => import('@/pages/webhooks')),
  '/automations/:id': page(() => import('@/pages/automation')),
  '/notifications': page(() => import('@/pages/notifications')),
  '/account/:tab': page(() => import('@/pages/account')),
  '/plan': page(() => import('@/pages/plan')),
  '/admin': page(() => import('@/pages/admin')),
  '/admin/:room': page(() => import('@/pages/admin')),
  '*': page(() => import('@/pages/not-found')),
};

const routes = (pages: Record<string, ComponentType>) =>
  Object.entries(pages).map(([path, Page]) => <Route key={path} path={path} element={<Page />} />);

const frame = (
  <SignedInOnly>
    <Frame />
  </SignedInOnly>
);

/** The pages by their addresses. A page is left when the next one has been loaded. */
export function Pages() {
  const [place, setPlace] = useState(current);
  useLayoutEffect(() => listen((next) => startTransition(() => setPlace(next))), []);
  return (
    <Router navigator={navigator} location={place.location} navigationType={place.action}>
      <Boundary>
        <Suspense>
          <Routes>
            <Route element={<SignedOutOnly />}>{routes(OUTSIDE)}</Route>
            <Route element={frame}>
              <Route index element={<Navigate to="/dashboard" replace />} />
              {routes(INSIDE)}
            </Route>
          </Routes>
        </Suspense>
      </Boundary>
    </Router>
  );
}
