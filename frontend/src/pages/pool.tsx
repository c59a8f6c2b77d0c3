import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import { ErrorNote } from '@/components/ErrorNote';
import { PageHeader } from '@/components/PageHeader';
import { Waiting } from '@/components/Waiting';
import { DeletePool } from '@/features/proxies/DeletePool';
import { ImportProxies } from '@/features/proxies/ImportProxies';
import { PoolBar } from '@/features/proxies/PoolBar';
import { PoolSettings } from '@/features/proxies/PoolSettings';
import { PoolTabs } from '@/features/proxies/PoolTabs';
import { TestPool, TestProgress, useNewestTest } from '@/features/proxies/TestPool';
import { keys } from '@/hooks/keys';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';
import '@/locales/proxies';
import { proxies } from '@/services/proxies';

export function Component() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const test = useNewestTest(id);
  const [watched, setWatched] = useState<string | null>(null);
  // A test that ran here stays in view when it has ended.
  if (test?.state === 'running' && watched !== test.id) setWatched(test.id);
  const { data, error, refetch } = useQuery({
    queryKey: keys.pools.status(id),
    queryFn: () => proxies.status(id),
    refetchInterval: 10_000,
  });
  useTitle(data?.pool.name);
  if (error && !data) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  const { pool, total } = data;
  return (
    <>
      <PageHeader
        parent={{ to: '/proxies', text: t('nav.proxies') }}
        title={pool.name}
        extra={
          <>
            <DeletePool id={id} name={pool.name} />
            <ImportProxies id={id} />
            <PoolSettings pool={pool} />
            <TestPool pool={id} test={test} disabled={total === 0} />
          </>
        }
      />
      {test && test.id === watched && <TestProgress test={test} />}
      {total > 0 && <PoolBar status={data} />}
      <PoolTabs pool={id} />
    </>
  );
}
