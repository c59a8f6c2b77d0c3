import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { LinkButton } from '@/components/LinkButton';
import { When } from '@/components/When';
import { PageDrawer } from '@/features/archive/PageDrawer';
import { PAGE_FILTERS } from '@/features/archive/PageFilters';
import { rareKeys } from '@/hooks/rare-keys';
import { useFilter } from '@/hooks/use-filter';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { archive } from '@/services/archive';
import type { CollectedPage } from '@/types/api';
import { size } from '@/utils/size';

/** Pages as they came, the newest first. */
export function PageTable() {
  const { t } = useTranslation();
  const { filter, change, open } = useFilter(PAGE_FILTERS);
  const { items, table } = usePaged(rareKeys.archive(filter), (cursor) => archive.list(filter, cursor));
  const shown = items?.find(({ id }) => id === open);
  const columns: Column<CollectedPage>[] = [
    {
      key: 'url',
      title: t('archive.url'),
      render: ({ id, url }) => (
        <button type="button" className="wp-link wp-link-wraps" onClick={() => change('open', id)}>
          {url}
        </button>
      ),
    },
    { key: 'status', title: t('archive.status'), align: 'right', wide: true, render: (row) => row.status },
    { key: 'type', title: t('archive.type'), wide: true, render: (row) => row.content_type ?? '–' },
    { key: 'size', title: t('archive.size'), align: 'right', render: (row) => size(row.bytes) },
    { key: 'at', title: t('archive.at'), render: (row) => <When time={row.fetched_at} /> },
  ];
  const filtered = Object.values(filter).some(Boolean);
  const empty = (
    <EmptyState
      title={t(filtered ? 'archive.nothing' : 'archive.none')}
      text={t(filtered ? 'archive.nothingText' : 'archive.noneText')}
    >
      {!filtered && <LinkButton to="/workflows/templates">{t('workflows.templates')}</LinkButton>}
    </EmptyState>
  );
  return (
    <>
      <DataTable label={t('archive.title')} columns={columns} {...table} rowKey={(row) => row.id} empty={empty} />
      {shown && <PageDrawer page={shown} onClose={() => change('open')} />}
    </>
  );
}
