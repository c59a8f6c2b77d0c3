import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { Count } from '@/components/Count';
import { ErrorNote } from '@/components/ErrorNote';
import { PageHeader } from '@/components/PageHeader';
import { Waiting } from '@/components/Waiting';
import { When } from '@/components/When';
import { DatasetTabs } from '@/features/datasets/DatasetTabs';
import { DeleteDataset } from '@/features/datasets/DeleteDataset';
import { ExportMenu } from '@/features/datasets/ExportMenu';
import { ImportFile } from '@/features/datasets/ImportFile';
import { keys } from '@/hooks/keys';
import { useTitle } from '@/hooks/use-title';
import { useTranslation } from '@/hooks/use-translation';
import '@/locales/data';
import { datasets } from '@/services/datasets';

export function Component() {
  const { t } = useTranslation();
  const { name = '' } = useParams();
  const { data, error, refetch } = useQuery({ queryKey: keys.datasets.one(name), queryFn: () => datasets.show(name) });
  useTitle(name);
  if (error && !data) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  return (
    <>
      <PageHeader
        parent={{ to: '/data', text: t('nav.data') }}
        title={data.name}
        note={
          <>
            <Count value={data.records} /> {t('data.recordsUnit')} · <When time={data.updated_at} />
            {data.description && ` · ${data.description}`}
          </>
        }
        extra={
          <>
            <DeleteDataset name={name} />
            <ImportFile dataset={data} />
            <ExportMenu name={name} />
          </>
        }
      />
      <DatasetTabs dataset={data} />
    </>
  );
}
