import { useMutation, useQueryClient } from '@tanstack/react-query';
import { AskOnce } from '@/components/AskOnce';
import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { When } from '@/components/When';
import { CreateShare } from '@/features/datasets/CreateShare';
import { rareKeys } from '@/hooks/rare-keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { datasets } from '@/services/datasets';
import type { Dataset, Share } from '@/types/api';

/** Links that show the dataset to whoever has them. */
export function Shares({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation();
  const { name } = dataset;
  const { table } = usePaged(rareKeys.dataset.shares(name), (cursor) => datasets.shares(name, cursor));
  const columns: Column<Share>[] = [
    { key: 'label', title: t('dataset.shareLabel'), render: ({ label }) => <span className="wp-clip">{label}</span> },
    {
      key: 'columns',
      title: t('dataset.shareColumns'),
      wide: true,
      render: (row) => <span className="wp-clip">{row.columns?.join(', ') ?? t('dataset.allColumns')}</span>,
    },
    {
      key: 'ends',
      title: t('dataset.ends'),
      render: (row) => (row.expires_at ? <When time={row.expires_at} /> : t('dataset.never')),
    },
    {
      key: 'used',
      title: t('dataset.used'),
      render: (row) => (row.used_at ? <When time={row.used_at} /> : t('dataset.never')),
    },
    { key: 'revoke', title: '', render: (row) => <Revoke name={name} share={row} /> },
  ];
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-2 pb-3">
        <p className="wp-muted">{t('dataset.shareNote')}</p>
        <CreateShare dataset={dataset} />
      </div>
      <DataTable
        label={t('dataset.tabs.shares')}
        columns={columns}
        {...table}
        rowKey={(row) => row.id}
        empty={<EmptyState title={t('dataset.noShares')} text={t('dataset.shareNote')} />}
      />
    </>
  );
}

function Revoke({ name, share }: { name: string; share: Share }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const action = useMutation({
    mutationFn: () => datasets.revokeShare(name, share.id),
    onSuccess: () => client.invalidateQueries({ queryKey: rareKeys.dataset.shares(name) }),
  });
  if (share.revoked_at) return <span className="wp-muted">{t('dataset.revoked')}</span>;
  return (
    <AskOnce
      danger
      button={t('dataset.revoke')}
      title={t('dataset.revokeTitle', { name: share.label })}
      text={t('dataset.revokeText')}
      action={action}
    />
  );
}
