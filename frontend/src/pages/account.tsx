import type { ComponentType } from 'react';
import { Navigate, useParams } from 'react-router';
import { Keys } from '@/features/account/Keys';
import { Notifications } from '@/features/account/Notifications';
import { Profile } from '@/features/account/Profile';
import { Security } from '@/features/account/Security';
import '@/locales/account';
import '@/locales/keys';

/** The pages of one's own account, which share texts. */
const TABS: Record<string, ComponentType> = {
  profile: Profile,
  security: Security,
  'api-keys': Keys,
  notifications: Notifications,
};

export function Component() {
  const { tab = '' } = useParams();
  const Tab = TABS[tab];
  return Tab ? <Tab /> : <Navigate to="/account/security" replace />;
}
