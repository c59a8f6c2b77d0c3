import { type Column, DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { When } from '@/components/When';
import { Forget } from '@/features/secrets/Forget';
import { KeepVariable } from '@/features/secrets/KeepVariable';
import { Spelling } from '@/features/secrets/Spelling';
import { writtenOf } from '@/features/secrets/value';
import { rareKeys } from '@/hooks/rare-keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { kept } from '@/services/kept';
import type { Variable } from '@/types/api';

export function VariableTable() {
  const { t } = useTranslation();
  const { table } = usePaged(rareKeys.kept.variables, kept.variables);
  const columns: Column<Variable>[] = [
    { key: 'name', title: t('secrets.name'), render: ({ name }) => <code className="wp-name">{name}</code> },
    {
      key: 'value',
      title: t('secrets.value'),
      render: ({ value }) => (
        <code className="wp-clip" title={writtenOf(value)}>
          {writtenOf(value)}
        </code>
      ),
    },
    {
      key: 'spelling',
      title: t('secrets.spelling'),
      wide: true,
      render: ({ name }) => <Spelling path={`vars.${name}`} />,
    },
    { key: 'description', title: t('secrets.description'), wide: true, render: (row) => row.description ?? '' },
    { key: 'updated', title: t('secrets.updated'), wide: true, render: (row) => <When time={row.updated_at} /> },
    {
      key: 'do',
      title: '',
      align: 'right',
      render: (row) => (
        <span className="wp-acts">
          <KeepVariable variable={row} />
          <Forget
            name={row.name}
            text={t('secrets.forgetVariableText')}
            remove={kept.removeVariable}
            list={rareKeys.kept.variables}
          />
        </span>
      ),
    },
  ];
  return (
    <DataTable
      label={t('secrets.variables')}
      columns={columns}
      {...table}
      rowKey={(row) => row.name}
      empty={
        <EmptyState title={t('secrets.noVariables')} text={t('secrets.noVariablesText')}>
          <pre className="wp-example">{EXAMPLE}</pre>
        </EmptyState>
      }
    />
  );
}

const EXAMPLE = `uses: http.request
with:
  url: "https://\${{ vars.region }}.shop.example/orders"`;
