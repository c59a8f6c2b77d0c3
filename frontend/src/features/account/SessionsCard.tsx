import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { Address } from '@/components/Address';
import { type Column, DataTable } from '@/components/DataTable';
import { ErrorNote } from '@/components/ErrorNote';
import { When } from '@/components/When';
import { Card } from '@/features/account/Card';
import { deviceOf } from '@/features/account/device';
import { keys } from '@/hooks/keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { account } from '@/services/account';
import type { Session } from '@/types/api';

/** Open sessions, each with a way to end it. */
export function SessionsCard() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const list = usePaged(keys.account.sessions, account.sessions);
  const onSuccess = () => client.invalidateQueries({ queryKey: keys.account.sessions });
  const end = useMutation({ mutationFn: account.endSession, onSuccess });
  const others = useMutation({ mutationFn: account.endOthers, onSuccess });
  const columns: Column<Session>[] = [
    {
      key: 'device',
      title: t('security.device'),
      render: (row) => (
        <span title={row.user_agent ?? undefined}>
          {deviceOf(row.user_agent) ?? t('security.unknownDevice')}
          {row.current && <span className="wp-badge ml-2">{t('security.current')}</span>}
        </span>
      ),
    },
    {
      key: 'address',
      title: t('security.address'),
      render: (row) => <Address value={row.last_address ?? row.address} />,
    },
    { key: 'used', title: t('security.lastUsed'), render: (row) => <When time={row.last_used_at} />, wide: true },
    {
      key: 'end',
      title: '',
      align: 'right',
      render: (row) =>
        !row.current && (
          <Button size="small" onClick={() => end.mutate(row.id)}>
            {t('security.signOutThere')}
          </Button>
        ),
    },
  ];
  const failure = end.error ?? others.error;
  return (
    <Card title={t('security.sessionsTitle')}>
      <DataTable label={t('security.sessionsTitle')} columns={columns} {...list.table} rowKey={(row) => row.id} />
      {failure && <ErrorNote error={failure} />}
      <div>
        <Button onClick={() => others.mutate()} loading={others.isPending}>
          {t('security.signOutOthers')}
        </Button>
      </div>
    </Card>
  );
}
