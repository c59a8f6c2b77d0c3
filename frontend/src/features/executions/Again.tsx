import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useNavigate } from 'react-router';
import { ErrorNote } from '@/components/ErrorNote';
import { keys } from '@/hooks/keys';
import { useTranslation } from '@/hooks/use-translation';
import { executions } from '@/services/executions';

/** Has an execution go on where it failed: its results stay. */
export function Retry({ id }: { id: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const retry = useMutation({
    mutationFn: () => executions.retry(id),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.executions.all }),
  });
  return (
    <>
      <Button type="primary" loading={retry.isPending} onClick={() => retry.mutate()}>
        {t('executions.retry')}
      </Button>
      {retry.error && <ErrorNote error={retry.error} />}
    </>
  );
}

function useRerun(id: string, step?: string) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const rerun = useMutation({
    mutationFn: () => executions.rerun(id, step),
    onSuccess: async (started) => {
      await client.invalidateQueries({ queryKey: keys.executions.all });
      await navigate(`/executions/${started.id}`);
    },
  });
  return rerun;
}

/** Begins another execution with the same parameters. */
export function Rerun({ id }: { id: string }) {
  const { t } = useTranslation();
  const rerun = useRerun(id);
  return (
    <>
      <Button loading={rerun.isPending} onClick={() => rerun.mutate()}>
        {t('executions.rerun')}
      </Button>
      {rerun.error && <ErrorNote error={rerun.error} />}
    </>
  );
}

/** Begins another execution at a step, with the recorded results of this one before it. */
export function RerunFrom({ id, step }: { id: string; step: string }) {
  const { t } = useTranslation();
  const rerun = useRerun(id, step);
  return (
    <div>
      <Button size="small" loading={rerun.isPending} onClick={() => rerun.mutate()}>
        {t('executions.rerunFrom')}
      </Button>
      {rerun.error && <ErrorNote error={rerun.error} />}
    </div>
  );
}
