import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { keys } from '@/hooks/keys';
import { executions } from '@/services/executions';
import { follow, type LinkState } from '@/services/follow';
import type { ServerEvent } from '@/services/sse';
import type { ExecutionDetail, StepProgress } from '@/types/api';
import { isOver } from '@/utils/status';

const REFRESH_EVERY = 400;

interface ProgressEvent extends StepProgress {
  step: string;
}

function withProgress(detail: ExecutionDetail, { step, done, total, message }: ProgressEvent): ExecutionDetail {
  const steps = detail.steps.map((one) => (one.id === step ? { ...one, progress: { done, total, message } } : one));
  return { ...detail, steps };
}

/**
 * An execution that stays true by itself. Journal events say that something changed and the
 * execution is read again, at most a few times a second; progress is applied as it comes.
 */
export function useExecution(id: string) {
  const client = useQueryClient();
  const [link, setLink] = useState<LinkState>('live');
  const query = useQuery({ queryKey: keys.executions.one(id), queryFn: () => executions.show(id) });
  const open = query.data !== undefined && !isOver(query.data.status);

  useEffect(() => {
    if (!open) return;
    const queryKey = keys.executions.one(id);
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = (delay: number) => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void client.invalidateQueries({ queryKey });
        void client.invalidateQueries({ queryKey: keys.executions.logs(id) });
      }, delay);
    };
    const onEvent = (event: ServerEvent) => {
      if (event.event !== 'progress') return refresh(event.event === 'end' ? 0 : REFRESH_EVERY);
      const progress = JSON.parse(event.data) as ProgressEvent;
      client.setQueryData<ExecutionDetail>(queryKey, (detail) => detail && withProgress(detail, progress));
    };
    const after = client.getQueryData<ExecutionDetail>(queryKey)?.last_event ?? 0;
    void follow(executions.events(id), { after, onEvent, onState: setLink, signal: stop.signal }).then(() => {
      refresh(0);
      // What it wrote is there now.
      void client.invalidateQueries({ queryKey: keys.datasets.all });
    });
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [client, id, open]);

  return { ...query, lost: open && link === 'lost' };
}
