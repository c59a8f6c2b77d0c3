import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Switch } from 'antd';
import { AskOnce } from '@/components/AskOnce';
import { Count } from '@/components/Count';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { When } from '@/components/When';
import { EditSource } from '@/features/proxies/EditSource';
import { rareKeys } from '@/hooks/rare-keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { proxies } from '@/services/proxies';
import type { ProxySource } from '@/types/api';
import { duration } from '@/utils/format';

/** Lists of providers that the pool follows. */
export function Sources({ pool }: { pool: string }) {
  const { t } = useTranslation();
  const { table } = usePaged(rareKeys.pool.sources(pool), (cursor) => proxies.sources(pool, cursor), {
    refetchInterval: 10_000,
  });
  const columns: Column<ProxySource>[] = [
    {
      key: 'url',
      title: t('proxies.list'),
      render: (row) => (
        <>
          <code className="break-all">{row.url}</code>
          {row.last_error && <div className="wp-field-error">{row.last_error}</div>}
        </>
      ),
    },
    { key: 'every', title: t('proxies.every'), wide: true, render: (row) => duration(row.every * 1000) },
    { key: 'fetched', title: t('proxies.fetched'), wide: true, render: (row) => <When time={row.last_fetch_at} /> },
    { key: 'next', title: t('proxies.nextFetch'), wide: true, render: (row) => <When time={row.next_fetch_at} /> },
    { key: 'found', title: t('proxies.found'), align: 'right', render: (row) => <Count value={row.found} /> },
    {
      key: 'added',
      title: t('proxies.added'),
      align: 'right',
      wide: true,
      render: (row) => <Count value={row.added} />,
    },
    {
      key: 'missing',
      title: t('proxies.missing'),
      align: 'right',
      wide: true,
      render: (row) => <Count value={row.missing} />,
    },
    { key: 'on', title: t('proxies.followed'), render: (row) => <Followed pool={pool} source={row} /> },
    {
      key: 'do',
      title: '',
      align: 'right',
      render: (row) => (
        <span className="wp-acts">
          <EditSource pool={pool} source={row} />
          <Remove pool={pool} source={row} />
        </span>
      ),
    },
  ];
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="wp-muted">{t('proxies.sourcesNote')}</p>
        <EditSource pool={pool} />
      </div>
      <DataTable
        label={t('proxies.tabs.sources')}
        columns={columns}
        {...table}
        rowKey={(row) => row.id}
        empty={<EmptyState title={t('proxies.noSources')} text={t('proxies.noSourcesText')} />}
      />
    </>
  );
}

function Followed({ pool, source }: { pool: string; source: ProxySource }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (enabled: boolean) => proxies.changeSource(pool, source.id, { enabled }),
    onSettled: () => client.invalidateQueries({ queryKey: rareKeys.pool.sources(pool) }),
  });
  return (
    <Switch
      aria-label={t('proxies.follow', { name: source.url })}
      checked={source.enabled}
      loading={change.isPending}
      onChange={(on) => change.mutate(on)}
    />
  );
}

function Remove({ pool, source }: { pool: string; source: ProxySource }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const action = useMutation({
    mutationFn: () => proxies.removeSource(pool, source.id),
    onSuccess: () => client.invalidateQueries({ queryKey: rareKeys.pool.sources(pool) }),
  });
  return (
    <AskOnce
      danger
      button={t('proxies.unfollow')}
      title={t('proxies.unfollowTitle')}
      text={t('proxies.unfollowText')}
      action={action}
    />
  );
}
