import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Count } from '@/components/Count';
import { ErrorNote } from '@/components/ErrorNote';
import { StatusTag } from '@/components/StatusTag';
import { Cells } from '@/features/executions/items/Cells';
import { chosenOf, STATES } from '@/features/executions/items/grid';
import { ItemTable } from '@/features/executions/items/ItemTable';
import { keys } from '@/hooks/keys';
import { useFilter } from '@/hooks/use-filter';
import { useTranslation } from '@/hooks/use-translation';
import { executions } from '@/services/executions';
import type { StepStatus } from '@/types/api';

/** The items of a step: a cell each in the colour of its state, and those in one state as a list. */
export function ItemGrid({ execution, step }: { execution: string; step: string }) {
  const { t } = useTranslation();
  const [state, setState] = useState<StepStatus>();
  const { change } = useFilter(['item'] as const);
  const { data, error, refetch } = useQuery({
    queryKey: keys.executions.map(execution, step),
    queryFn: () => executions.itemMap(execution, step),
    placeholderData: (before) => before,
  });
  if (error && !data) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <span className="wp-skeleton" />;
  const open = (index: number) => change('item', `${step}.${index}`);
  const offered = STATES.filter((one) => (data.counts[one] ?? 0) > 0);
  const shown = state && offered.includes(state) ? state : undefined;
  return (
    <section className="wp-items" aria-label={t('executions.itemsOf', { step })}>
      <nav className="wp-segments wp-segments-many" aria-label={t('executions.itemStates')}>
        <button type="button" aria-pressed={!shown} onClick={() => setState(undefined)}>
          {t('executions.allItems')} <Count value={data.total} />
        </button>
        {offered.map((one) => (
          <button key={one} type="button" aria-pressed={one === shown} onClick={() => setState(one)}>
            <StatusTag status={one} /> <Count value={data.counts[one] ?? 0} />
          </button>
        ))}
      </nav>
      <Cells
        key={shown}
        label={t('executions.itemsOf', { step })}
        states={data.states}
        shown={chosenOf(data.states, shown)}
        onOpen={open}
      />
      {shown && shown !== 'succeeded' && <ItemTable execution={execution} step={step} status={shown} onOpen={open} />}
    </section>
  );
}
