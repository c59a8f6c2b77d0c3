import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Progress } from 'antd';
import { useEffect } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { follow } from '@/services/follow';
import { proxies } from '@/services/proxies';
import type { PoolTest } from '@/types/api';

/** The newest test of a pool, which stays true by itself while it runs. */
export function useNewestTest(pool: string) {
  const client = useQueryClient();
  const queryKey = rareKeys.pool.newest(pool);
  const { data } = useQuery({ queryKey, queryFn: () => proxies.newestTest(pool) });
  const running = data?.state === 'running' ? data.id : null;
  useEffect(() => {
    if (!running) return;
    const stop = new AbortController();
    const onEvent = ({ event, data: text }: { event: string; data: string }) => {
      if (event === 'result') return;
      client.setQueryData(rareKeys.pool.newest(pool), JSON.parse(text) as PoolTest);
    };
    const path = proxies.testEvents(pool, running);
    void follow(path, { after: 0, onEvent, onState: () => {}, signal: stop.signal }).then(() =>
      stop.signal.aborted ? undefined : client.invalidateQueries({ queryKey: ['pools'] }),
    );
    return () => stop.abort();
  }, [client, pool, running]);
  return data;
}

export function TestPool({
  pool,
  test,
  disabled,
}: {
  pool: string;
  test: PoolTest | null | undefined;
  disabled: boolean;
}) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const start = useMutation({
    mutationFn: () => proxies.test(pool),
    onSuccess: ({ test: begun }) => client.setQueryData(rareKeys.pool.newest(pool), begun),
  });
  return (
    <>
      <Button
        type="primary"
        disabled={disabled}
        loading={start.isPending || test?.state === 'running'}
        onClick={() => start.mutate()}
      >
        {t('proxies.test')}
      </Button>
      {start.error && <ErrorNote error={start.error} />}
    </>
  );
}

/** How far a test is, and what it found so far. */
export function TestProgress({ test }: { test: PoolTest }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { id, pool_id, state, target, total, done, worked, failed } = test;
  const cancel = useMutation({
    mutationFn: () => proxies.cancelTest(pool_id, id),
    onSuccess: (stopped) => client.setQueryData(rareKeys.pool.newest(pool_id), stopped),
  });
  return (
    <section
      className="wp-card flex flex-wrap items-center gap-4 p-3"
      aria-label={t('proxies.testing')}
      aria-live="polite"
    >
      <div className="min-w-48 flex-1">
        <Progress
          aria-label={t('proxies.testing')}
          percent={total > 0 ? Math.round((100 * done) / total) : 100}
          status={state === 'running' ? 'active' : 'normal'}
        />
        <span className="wp-muted break-all">{t('proxies.testedAgainst', { target })}</span>
      </div>
      <span className="wp-number">{`${done} / ${total}`}</span>
      <span className="wp-status wp-status-succeeded">{t('proxies.reached', { count: worked })}</span>
      <span className="wp-status wp-status-failed">{t('proxies.notReached', { count: failed })}</span>
      {state === 'running' && (
        <Button loading={cancel.isPending || test.cancelling} onClick={() => cancel.mutate()}>
          {t('proxies.stopTest')}
        </Button>
      )}
      {cancel.error && <ErrorNote error={cancel.error} />}
    </section>
  );
}
