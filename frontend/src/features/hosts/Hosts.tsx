import { useMutation, useQueryClient } from '@tanstack/react-query';
import { AskOnce } from '@/components/AskOnce';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { PageHeader } from '@/components/PageHeader';
import { When } from '@/components/When';
import { DecideHost } from '@/features/hosts/DecideHost';
import { rareKeys } from '@/hooks/rare-keys';
import { usePaged } from '@/hooks/use-paged';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';
import { system } from '@/services/system';
import { useSession } from '@/store/session';
import type { HostRule } from '@/types/api';

/** What is decided about hosts, for everybody's workflows, with the reasons. */
export function Hosts() {
  const { t } = useTranslation();
  const may = useSession((session) => session.user?.permissions.includes('system:write')) ?? false;
  useTitle(t('hosts.title'));
  const list = usePaged(rareKeys.system.hosts, system.hosts);
  const columns: Column<HostRule>[] = [
    { key: 'host', title: t('hosts.host'), render: ({ host }) => <code className="break-all">{host}</code> },
    {
      key: 'blocked',
      title: t('hosts.reached'),
      render: (row) => (
        <span className={`wp-status wp-status-${row.blocked ? 'failed' : 'succeeded'}`}>
          {t(row.blocked ? 'hosts.blocked' : 'hosts.open')}
        </span>
      ),
    },
    { key: 'robots', title: t('hosts.robots'), render: (row) => t(`hosts.robotsChoices.${row.robots}`) },
    {
      key: 'rate',
      title: t('hosts.rate'),
      align: 'right',
      wide: true,
      render: (row) => row.requests_per_second ?? '–',
    },
    { key: 'parallel', title: t('hosts.parallel'), align: 'right', wide: true, render: (row) => row.parallel ?? '–' },
    { key: 'reason', title: t('hosts.reason'), wide: true, render: (row) => row.reason },
    { key: 'at', title: t('hosts.decided'), wide: true, render: (row) => <When time={row.decided_at} /> },
  ];
  if (may) {
    columns.push({
      key: 'do',
      title: '',
      align: 'right',
      render: (row) => (
        <span className="wp-acts">
          <DecideHost rule={row} />
          <TakeBack host={row.host} />
        </span>
      ),
    });
  }
  return (
    <>
      <PageHeader title={t('hosts.title')} note={t('hosts.note')} extra={may && <DecideHost />} />
      <DataTable
        label={t('hosts.title')}
        columns={columns}
        {...list.table}
        rowKey={(row) => row.host}
        empty={<EmptyState title={t('hosts.none')} text={t('hosts.noneText')} />}
      />
    </>
  );
}

function TakeBack({ host }: { host: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const action = useMutation({
    mutationFn: () => system.takeBack(host),
    onSuccess: () => client.invalidateQueries({ queryKey: rareKeys.system.hosts }),
  });
  return (
    <AskOnce
      danger
      button={t('hosts.takeBack')}
      title={t('hosts.takeBackTitle', { host })}
      text={t('hosts.takeBackText')}
      action={action}
    />
  );
}
