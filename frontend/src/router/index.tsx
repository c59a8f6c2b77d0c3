import { createBrowserRouter, Navigate } from 'react-router';
import { Frame } from '@/components/Frame';
import { Failed } from '@/router/Failed';
import { SignedInOnly, SignedOutOnly } from '@/router/guards';

const pages = [
  { index: true, element: <Navigate to="/workflows" replace /> },
  { path: '/workflows', lazy: () => import('@/pages/workflows') },
  { path: '/workflows/new', lazy: () => import('@/pages/new-workflow') },
  { path: '/workflows/:id', lazy: () => import('@/pages/workflow') },
  { path: '/executions', lazy: () => import('@/pages/executions') },
  { path: '/executions/:id', lazy: () => import('@/pages/execution') },
  { path: '/data', lazy: () => import('@/pages/datasets') },
  { path: '/data/:name', lazy: () => import('@/pages/dataset') },
  { path: '/proxies', lazy: () => import('@/pages/pools') },
  { path: '/proxies/:id', lazy: () => import('@/pages/pool') },
  { path: '/plan', lazy: () => import('@/pages/plan') },
  { path: '*', lazy: () => import('@/pages/not-found') },
];

const frame = (
  <SignedInOnly>
    <Frame />
  </SignedInOnly>
);

export const router = createBrowserRouter([
  {
    errorElement: <Failed />,
    HydrateFallback: () => null,
    children: [
      {
        element: <SignedOutOnly />,
        children: [
          { path: '/sign-in', lazy: () => import('@/pages/sign-in') },
          { path: '/sign-up', lazy: () => import('@/pages/sign-up') },
        ],
      },
      { element: frame, children: [{ errorElement: <Failed />, children: pages }] },
    ],
  },
]);
