import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { ErrorNote } from '@/components/ErrorNote';
import { PageHeader } from '@/components/PageHeader';
import { Waiting } from '@/components/Waiting';
import { DeletePool } from '@/features/proxies/DeletePool';
import { ImportProxies } from '@/features/proxies/ImportProxies';
import { PoolBar } from '@/features/proxies/PoolBar';
import { ProxyTable } from '@/features/proxies/ProxyTable';
import { TestPool, usePoolTest } from '@/features/proxies/TestPool';
import { keys } from '@/hooks/keys';
import { useTitle } from '@/hooks/use-title';
import { proxies } from '@/services/proxies';

export function Component() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const test = usePoolTest(id);
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
            <TestPool test={test} disabled={total === 0} />
          </>
        }
      />
      {test.error && <ErrorNote error={test.error} />}
      {total > 0 && <PoolBar status={data} />}
      <ProxyTable status={data} tested={test.data} />
    </>
  );
}
