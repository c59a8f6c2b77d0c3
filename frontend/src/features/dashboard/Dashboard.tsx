import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense } from 'react';
import { PageHeader } from '@/components/PageHeader';
import { Waiting } from '@/components/Waiting';
import { Figures } from '@/features/dashboard/Figures';
import { RangeChoice } from '@/features/dashboard/RangeChoice';
import { RunsChart } from '@/features/dashboard/RunsChart';
import { rareKeys } from '@/hooks/rare-keys';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';
import { workflows } from '@/services/workflows';

const Panels = lazy(() => import('@/features/dashboard/Panels'));

/** What runs, what went wrong, what came of it. `start` is shown to who has no workflow yet. */
export function Dashboard({ start }: { start: ReactNode }) {
  const { t } = useTranslation();
  useTitle(t('nav.dashboard'));
  const some = useQuery({ queryKey: rareKeys.dashboard.any, queryFn: () => workflows.list(undefined, 1) });
  const isNew = some.data?.items.length === 0;
  return (
    <>
      <PageHeader title={t('nav.dashboard')} extra={<RangeChoice />} />
      {isNew && start}
      <Figures />
      <RunsChart />
      <Suspense
        fallback={
          <div className="wp-panels">
            <Waiting />
          </div>
        }
      >
        <Panels />
      </Suspense>
    </>
  );
}
