import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import Canvas from '@/components/canvas/Canvas';
import { nodesOf } from '@/components/canvas/graph';
import type { CanvasStep } from '@/components/canvas/step';
import { ErrorNote } from '@/components/ErrorNote';
import { Lasted } from '@/components/Lasted';
import { StatusTag } from '@/components/StatusTag';
import { Waiting } from '@/components/Waiting';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import '@/locales/canvas';
import { workflows } from '@/services/workflows';
import type { ExecutionDetail } from '@/types/api';
import { isOver } from '@/utils/status';

interface Props {
  execution: ExecutionDetail;
  chosen: string | null;
  onChoose: (id: string | null) => void;
}

/** The steps of the version that ran, with where each stands. */
export default function Graph({ execution, chosen, onChoose }: Props) {
  const { t } = useTranslation();
  const { definition_id, version } = execution;
  const { data, error, refetch } = useQuery({
    queryKey: rareKeys.versions.one(definition_id, version),
    queryFn: () => workflows.version(definition_id, version),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const nodes = useMemo(() => nodesOf(data?.definition), [data]);
  const { steps: standing } = execution;
  const steps = useMemo(() => {
    const byId = new Map(standing.map((step) => [step.id, step]));
    return nodes.map<CanvasStep>(({ id, uses, needs, rest }) => {
      const step = byId.get(id);
      const count = step?.items && `${step.items.succeeded + step.items.failed} / ${step.items.total} · `;
      const extra = step && (
        <>
          {count}
          <StatusTag status={step.status} />{' '}
          <Lasted start={step.started_at} end={step.finished_at} running={!isOver(step.status)} />
        </>
      );
      const condition = rest.if === undefined ? undefined : t('canvas.when');
      return { id, uses, needs, condition, extra, status: step?.status, faulty: step?.status === 'failed' };
    });
  }, [nodes, standing, t]);
  if (error) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  return <Canvas label={t('executions.graph')} steps={steps} chosen={chosen} onChoose={onChoose} reveals />;
}
