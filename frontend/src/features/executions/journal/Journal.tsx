import { Button, InputNumber, Select } from 'antd';
import { useEffect, useRef } from 'react';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNote } from '@/components/ErrorNote';
import { EventDrawer } from '@/features/executions/journal/EventDrawer';
import { KINDS } from '@/features/executions/journal/kinds';
import { ROW, Rows } from '@/features/executions/journal/Rows';
import { useSome, useWhole } from '@/features/executions/journal/use-journal';
import { useFilter } from '@/hooks/use-filter';
import { useTranslation } from '@/hooks/use-translation';
import { useWindow } from '@/hooks/use-window';
import type { JournalFilter } from '@/services/executions';

interface Props {
  id: string;
  steps: string[];
  /** The number of the last event. */
  last: number;
}

/** What was written down of a run, event by event, for those who want to know exactly. */
export function Journal({ id, steps, last }: Props) {
  const { t } = useTranslation();
  const { filter, change } = useFilter(['kind', 'events_of', 'event'] as const);
  const asked: JournalFilter = { kind: filter.kind, step: filter.events_of };
  const some = Boolean(asked.kind || asked.step);
  const open = (seq: number) => change('event', String(seq));
  const box = useRef<HTMLElement>(null);
  const go = (row: number) => {
    if (box.current) box.current.scrollTop = row * ROW;
  };
  return (
    <div className="flex flex-col gap-3">
      <search className="wp-filters">
        <Select
          allowClear
          showSearch
          aria-label={t('journal.kind')}
          placeholder={t('journal.anyKind')}
          value={filter.kind}
          onChange={(value) => change('kind', value)}
          options={KINDS.map((value) => ({ value, label: value }))}
        />
        <Select
          allowClear
          showSearch
          aria-label={t('journal.step')}
          placeholder={t('journal.anyStep')}
          value={filter.events_of}
          onChange={(value) => change('events_of', value)}
          options={steps.map((value) => ({ value, label: value }))}
        />
        {!some && (
          <>
            <InputNumber
              aria-label={t('journal.goTo')}
              placeholder={t('journal.goTo')}
              min={1}
              max={last}
              controls={false}
              onPressEnter={({ target }) => target instanceof HTMLInputElement && go(Number(target.value) - 1)}
            />
            <Button onClick={() => go(last)}>{t('journal.toEnd')}</Button>
          </>
        )}
      </search>
      {some ? <Some key={JSON.stringify(asked)} id={id} asked={asked} last={last} onOpen={open} /> : null}
      {!some && <Whole id={id} last={last} box={box} onOpen={open} />}
      <EventDrawer id={id} last={last} seq={filter.event} onGo={(seq) => change('event', seq?.toString())} />
    </div>
  );
}

interface WholeProps {
  id: string;
  last: number;
  box: React.RefObject<HTMLElement | null>;
  onOpen: (seq: number) => void;
}

function Whole({ id, last, box, onOpen }: WholeProps) {
  const stretch = useWindow(box, last, ROW);
  const { at, error, retry } = useWhole(id, last, stretch);
  return (
    <>
      {error && <ErrorNote error={error} onRetry={retry} />}
      <Rows box={box} count={last} stretch={stretch} at={at} onOpen={onOpen} />
    </>
  );
}

interface SomeProps {
  id: string;
  asked: JournalFilter;
  last: number;
  onOpen: (seq: number) => void;
}

function Some({ id, asked, last, onOpen }: SomeProps) {
  const { t } = useTranslation();
  const box = useRef<HTMLElement>(null);
  const { items, error, retry, more, loadingMore } = useSome(id, asked);
  const count = items?.length ?? 0;
  const stretch = useWindow(box, count, ROW);
  // The next part is there before its rows are come to, and as long as none has been found.
  const near = more !== undefined && stretch.end >= count;
  useEffect(() => {
    if (near && !loadingMore && !error) more?.();
  }, [near, loadingMore, error, more]);
  // What came meanwhile is asked for when nothing more was left to ask for.
  const known = useRef(last);
  useEffect(() => {
    if (known.current !== last && !more) retry();
    known.current = last;
  }, [last, more, retry]);
  return (
    <>
      {error && <ErrorNote error={error} onRetry={retry} />}
      <Rows box={box} count={count} stretch={stretch} at={(row) => items?.[row]} onOpen={onOpen} busy={!items} />
      {items && count === 0 && !more && <EmptyState title={t('journal.noneTitle')} text={t('journal.noneText')} />}
    </>
  );
}
