import { Button, Input, Select } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNote } from '@/components/ErrorNote';
import { LogDownload } from '@/features/executions/LogDownload';
import { LogPage, MoreLines } from '@/features/executions/LogPage';
import { rareKeys } from '@/hooks/rare-keys';
import { useFilter } from '@/hooks/use-filter';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { executions, type LogFilter } from '@/services/executions';
import type { LogLine, Page } from '@/types/api';

const LEVELS = ['debug', 'info', 'warn', 'error'];

/** Reads pages of a log. One that others follow is full and stays as it is: it is not asked for again. */
function useReader(id: string, asked: LogFilter) {
  const full = useRef(new Map<string, Page<LogLine>>());
  return async (cursor?: string) => {
    const name = JSON.stringify([id, asked, cursor]);
    const known = full.current.get(name);
    if (known) return known;
    const page = await executions.logs(id, asked, cursor);
    if (page.next_cursor) full.current.set(name, page);
    return page;
  };
}

/** What steps wrote: by level, step and words, which stand in the address. */
export function LogList({ id, steps, running }: { id: string; steps: string[]; running: boolean }) {
  const { t } = useTranslation();
  const { filter, change } = useFilter(['level', 'logs_of', 'q'] as const);
  const asked = { level: filter.level, step: filter.logs_of, q: filter.q };
  const read = useReader(id, asked);
  const { items, pages, error, retry, more, loadingMore } = usePaged(rareKeys.logs(id, asked), read);
  const box = useRef<HTMLElement>(null);
  const [follow, setFollow] = useState(running);
  const length = items?.length ?? 0;
  useEffect(() => {
    if (follow && length > 0) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [follow, length]);
  const looking = Boolean(asked.level || asked.step || asked.q);
  return (
    <div className="flex flex-col gap-3">
      <search className="wp-filters">
        <Input.Search
          key={asked.q}
          allowClear
          aria-label={t('logs.search')}
          placeholder={t('logs.search')}
          maxLength={200}
          defaultValue={asked.q}
          onSearch={(text) => change('q', text.trim())}
        />
        <Select
          allowClear
          aria-label={t('logs.level')}
          placeholder={t('logs.anyLevel')}
          value={asked.level}
          onChange={(value) => change('level', value)}
          options={LEVELS.map((value) => ({ value, label: t(`logs.levels.${value}`) }))}
        />
        <Select
          allowClear
          showSearch
          aria-label={t('logs.step')}
          placeholder={t('logs.anyStep')}
          value={asked.step}
          onChange={(value) => change('logs_of', value)}
          options={steps.map((value) => ({ value, label: value }))}
        />
        {length > 0 && (
          <Button aria-pressed={follow} type={follow ? 'primary' : 'default'} onClick={() => setFollow(!follow)}>
            {t('logs.follow')}
          </Button>
        )}
        {length > 0 && <LogDownload id={id} asked={asked} />}
      </search>
      {error && <ErrorNote error={error} onRetry={retry} />}
      {items?.length === 0 && (
        <EmptyState
          title={t(looking ? 'logs.noneTitle' : 'logs.emptyTitle')}
          text={t(looking ? 'logs.noneText' : 'logs.emptyText')}
        />
      )}
      {items && items.length > 0 && (
        <section
          ref={box}
          className="wp-logs"
          aria-label={t('executions.logs')}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          tabIndex={0}
          data-lines={items.length}
          // Whoever looks back wants to stay there.
          onWheel={({ deltaY }) => deltaY < 0 && setFollow(false)}
        >
          {pages?.map((page, index) => (
            <LogPage key={index} lines={page.items} />
          ))}
          {more && <MoreLines more={more} loading={loadingMore} byItself={!error} />}
        </section>
      )}
    </div>
  );
}
