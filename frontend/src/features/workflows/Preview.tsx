import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { StepNode } from '@/components/canvas/graph';
import { definitionOf } from '@/features/workflows/edit';
import type { Editing } from '@/features/workflows/Inspector';
import { previewOf } from '@/features/workflows/preview';
import { keys } from '@/hooks/keys';
import { useTranslation } from '@/hooks/use-translation';
import { executions } from '@/services/executions';
import { workflows } from '@/services/workflows';
import type { JsonObject } from '@/types/api';
import { isExpression, isOpen } from '@/utils/expressions';

/** How long nothing must be typed before the server is asked. */
const REST = 500;
const LONGEST = 200;

let last: Promise<unknown> = Promise.resolve();

/** One at a time: the server tries few steps of somebody at once. */
function inTurn<T>(ask: () => Promise<T>): Promise<T> {
  const mine = last.then(ask, ask);
  last = mine.catch(() => {});
  return mine;
}

function useRested(text: string) {
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), REST);
    return () => clearTimeout(timer);
  }, [text]);
  return rested;
}

const shortened = (value: unknown) => {
  const text = JSON.stringify(value) ?? 'null';
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
};

/** What an expression comes to with what the last run recorded. */
export function Preview({ expression, step, editing }: { expression: string; step: StepNode; editing: Editing }) {
  const { t } = useTranslation();
  const { workflow, source, nodes } = editing;
  const rested = useRested(expression);
  const runs = useQuery({
    queryKey: keys.executions.list({ definition_id: workflow }),
    queryFn: () => executions.list({ definition_id: workflow }, undefined, 20),
    enabled: workflow !== undefined,
  });
  const run = runs.data?.items[0];
  const good = run !== undefined && isExpression(rested) && !isOpen(rested);
  const { data, error } = useQuery({
    queryKey: ['preview', run?.id, step.id, step.rest.for_each, rested],
    queryFn: () => {
      const params = definitionOf(source)?.params as JsonObject | undefined;
      const test = previewOf({ expression: rested, step, nodes, params, execution: run?.id ?? null });
      return inTurn(() => workflows.testStep(test));
    },
    enabled: good,
    retry: false,
    staleTime: 60_000,
  });
  if (!good) return null;
  const failed = error?.message ?? data?.error?.message;
  const value = data?.output?.preview ?? shortened(data?.output?.value ?? null);
  return (
    <span className="wp-preview wp-muted" role="status" title={t('canvas.previewOf')}>
      {failed && <span className="wp-problem-error">{failed}</span>}
      {!failed && data && (
        <>
          {'= '}
          <code>{value}</code>
        </>
      )}
    </span>
  );
}
