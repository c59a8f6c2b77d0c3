import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { AskOnce } from '@/components/AskOnce';
import { type Column, DataTable } from '@/components/DataTable';
import { ErrorNote } from '@/components/ErrorNote';
import { When } from '@/components/When';
import { DiffDrawer } from '@/features/workflows/DiffDrawer';
import { keys } from '@/hooks/keys';
import { rareKeys } from '@/hooks/rare-keys';
import { useFilter } from '@/hooks/use-filter';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { workflows } from '@/services/workflows';
import type { DefinitionVersion } from '@/types/api';

/** Old versions of a workflow: compared with the newest, and brought back. */
export function Versions({ id, newest }: { id: string; newest: number }) {
  const { t } = useTranslation();
  const { change, open } = useFilter([] as const);
  const { table } = usePaged(rareKeys.versions.all(id), (cursor) => workflows.versions(id, cursor));
  const columns: Column<DefinitionVersion>[] = [
    { key: 'version', title: t('workflows.version'), render: ({ version }) => `v${version}` },
    {
      key: 'message',
      title: t('versions.message'),
      render: ({ message }) => <span className="wp-message">{message}</span>,
    },
    { key: 'at', title: t('workflows.updated'), render: (row) => <When time={row.created_at} /> },
    {
      key: 'diff',
      title: '',
      align: 'right',
      render: ({ version }) =>
        version === newest ? (
          <span className="wp-badge">{t('versions.newest')}</span>
        ) : (
          <span className="wp-acts">
            <button type="button" className="wp-link" onClick={() => change('open', String(version))}>
              {t('versions.compare')}
            </button>
            <Restore id={id} version={version} />
          </span>
        ),
    },
  ];
  return (
    <>
      <DataTable label={t('versions.title')} columns={columns} {...table} rowKey={(row) => String(row.version)} />
      {open && <Compared id={id} from={Number(open)} to={newest} onClose={() => change('open')} />}
    </>
  );
}

function Compared({ id, from, to, onClose }: { id: string; from: number; to: number; onClose: () => void }) {
  const { t } = useTranslation();
  const { data, error } = useQuery({
    queryKey: rareKeys.versions.diff(id, from, to),
    queryFn: () => workflows.diff(id, from, to),
  });
  return (
    <DiffDrawer title={t('versions.between', { from, to })} text={data?.text} onClose={onClose}>
      {error && <ErrorNote error={error} />}
    </DiffDrawer>
  );
}

function Restore({ id, version }: { id: string; version: number }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const action = useMutation({
    mutationFn: () => workflows.restore(id, version),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.workflows.all }),
  });
  return (
    <AskOnce
      button={t('versions.restore')}
      title={t('versions.restoreTitle', { version })}
      text={t('versions.restoreText')}
      action={action}
    />
  );
}
