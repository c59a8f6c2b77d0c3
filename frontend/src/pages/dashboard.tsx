import { Dashboard } from '@/features/dashboard/Dashboard';
import { Templates } from '@/features/workflows/Templates';
import '@/locales/dashboard';

export function Component() {
  return <Dashboard start={<Templates />} />;
}
