import { lazy, Suspense } from 'react';
import { Waiting } from '@/components/Waiting';
import { StepBrief } from '@/features/executions/StepBrief';
import { Timeline } from '@/features/executions/Timeline';
import { useChosenStep } from '@/features/executions/use-chosen-step';
import { useTranslation } from '@/hooks/use-translation';
import type { ExecutionDetail } from '@/types/api';
import { isOver } from '@/utils/status';

const Graph = lazy(() => import('@/features/executions/Graph'));

/** How the steps hang together and when each of them ran; a step that is chosen in one is shown in the other. */
export function Overview({ execution }: { execution: ExecutionDetail }) {
  const { t } = useTranslation();
  const [chosen, choose] = useChosenStep();
  const step = execution.steps.find(({ id }) => id === chosen);
  return (
    <div className="wp-overview">
      <div className="wp-overview-half">
        <h2>{t('executions.graph')}</h2>
        <Suspense fallback={<Waiting />}>
          <Graph execution={execution} chosen={chosen} onChoose={choose} />
        </Suspense>
      </div>
      <div className="wp-overview-half">
        <h2>{t('executions.timeline')}</h2>
        <Timeline steps={execution.steps} running={!isOver(execution.status)} chosen={chosen} onChoose={choose} />
      </div>
      <StepBrief step={step} />
    </div>
  );
}
