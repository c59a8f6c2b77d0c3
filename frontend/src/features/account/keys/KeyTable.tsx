import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { When } from '@/components/When';
import { CreateKey } from '@/features/account/keys/CreateKey';
import { RenameKey } from '@/features/account/keys/RenameKey';
import { RevokeKey } from '@/features/account/keys/RevokeKey';
import { scopeText } from '@/features/account/keys/scope';
import { rareKeys } from '@/hooks/rare-keys';
import { useNow } from '@/hooks/use-now';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { apiKeys } from '@/services/api-keys';
import type { ApiKey } from '@/types/api';

function Ends({ time }: { time: string }) {
  const { t } = useTranslation();
  const now = useNow(60_000);
  if (Date.parse(time) <= now) return <span className="wp-status wp-status-failed">{t('keys.ended')}</span>;
  return <When time={time} />;
}

function LastUse({ last_used_at, last_used_address }: ApiKey) {
  const { t } = useTranslation();
  if (!last_used_at) return <span className="wp-muted">{t('keys.never')}</span>;
  return (
    <>
      <When time={last_used_at} /> {last_used_address && <code className="wp-muted">{last_used_address}</code>}
    </>
  );
}

export function KeyTable() {
  const { t } = useTranslation();
  const { table } = usePaged(rareKeys.apiKeys.all, apiKeys.list);
  const columns: Column<ApiKey>[] = [
    { key: 'name', title: t('keys.name'), render: (row) => <strong className="break-all">{row.name}</strong> },
    {
      key: 'key',
      title: t('keys.key'),
      render: (row) => <code className="whitespace-nowrap" title={row.prefix}>{`wfp_…${row.last_four}`}</code>,
    },
    {
      key: 'scopes',
      title: t('keys.scopes'),
      wide: true,
      render: (row) => (
        <span className="flex flex-wrap gap-x-2 gap-y-1">
          {row.scopes.map((scope) => (
            <code key={scope} title={t(scopeText(scope))}>
              {scope}
            </code>
          ))}
        </span>
      ),
    },
    { key: 'used', title: t('keys.lastUsed'), wide: true, render: (row) => <LastUse {...row} /> },
    { key: 'ends', title: t('keys.expires'), render: (row) => <Ends time={row.expires_at} /> },
    {
      key: 'actions',
      title: '',
      align: 'right',
      render: (row) => (
        <span className="wp-acts">
          <RenameKey id={row.id} name={row.name} />
          <RevokeKey id={row.id} name={row.name} />
        </span>
      ),
    },
  ];
  return (
    <DataTable
      label={t('nav.keys')}
      columns={columns}
      {...table}
      rowKey={(row) => row.id}
      empty={
        <EmptyState title={t('keys.emptyTitle')} text={t('keys.emptyText')}>
          <CreateKey />
        </EmptyState>
      }
    />
  );
}
