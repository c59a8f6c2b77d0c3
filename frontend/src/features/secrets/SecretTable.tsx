import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { When } from '@/components/When';
import { Forget } from '@/features/secrets/Forget';
import { KeepSecret } from '@/features/secrets/KeepSecret';
import { Spelling } from '@/features/secrets/Spelling';
import { rareKeys } from '@/hooks/rare-keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { kept } from '@/services/kept';
import type { Secret } from '@/types/api';

export function SecretTable() {
  const { t } = useTranslation();
  const { table } = usePaged(rareKeys.kept.secrets, kept.secrets);
  const columns: Column<Secret>[] = [
    { key: 'name', title: t('secrets.name'), render: ({ name }) => <code className="wp-name">{name}</code> },
    {
      key: 'spelling',
      title: t('secrets.spelling'),
      wide: true,
      render: ({ name }) => <Spelling path={`secrets.${name}`} />,
    },
    { key: 'description', title: t('secrets.description'), wide: true, render: (row) => row.description ?? '' },
    { key: 'updated', title: t('secrets.updated'), wide: true, render: (row) => <When time={row.updated_at} /> },
    {
      key: 'do',
      title: '',
      align: 'right',
      render: (row) => (
        <span className="wp-acts">
          <KeepSecret secret={row} />
          <Forget
            name={row.name}
            text={t('secrets.forgetText')}
            remove={kept.removeSecret}
            list={rareKeys.kept.secrets}
          />
        </span>
      ),
    },
  ];
  return (
    <DataTable
      label={t('secrets.title')}
      columns={columns}
      {...table}
      rowKey={(row) => row.name}
      empty={
        <EmptyState title={t('secrets.none')} text={t('secrets.noneText')}>
          <pre className="wp-example">{EXAMPLE}</pre>
        </EmptyState>
      }
    />
  );
}

const EXAMPLE = `uses: http.request
with:
  url: https://shop.example/orders
  headers:
    Authorization: "Bearer \${{ secrets.SHOP_API_KEY }}"`;
