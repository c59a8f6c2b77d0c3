import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Drawer } from 'antd';
import { AskOnce } from '@/components/AskOnce';
import { ErrorNote } from '@/components/ErrorNote';
import { JsonView } from '@/components/JsonView';
import { Waiting } from '@/components/Waiting';
import { When } from '@/components/When';
import { RecordHistory } from '@/features/datasets/RecordHistory';
import { keys } from '@/hooks/keys';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { datasets } from '@/services/datasets';
import type { Dataset, DatasetRecord } from '@/types/api';

interface Props {
  dataset: Dataset;
  /** The record's key. */
  name: string;
  onClose: () => void;
}

/** A record: its fields, and what became of it. */
export function RecordDrawer({ dataset, name, onClose }: Props) {
  const client = useQueryClient();
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({
    queryKey: rareKeys.dataset.record(dataset.name, name),
    queryFn: () => datasets.record(dataset.name, name),
  });
  const remove = useMutation({
    mutationFn: () => datasets.removeRecord(dataset.name, name),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: rareKeys.dataset.all(dataset.name) });
      await client.invalidateQueries({ queryKey: keys.datasets.one(dataset.name) });
    },
  });
  return (
    <Drawer
      open
      title={<span className="break-all">{name}</span>}
      size={640}
      onClose={onClose}
      extra={
        data && (
          <AskOnce
            danger
            button={t('dataset.removeRecord')}
            title={t('dataset.removeRecordTitle', { name })}
            text={t('dataset.removeRecordText')}
            action={remove}
          />
        )
      }
    >
      <div className="flex flex-col gap-5">
        {error ? <ErrorNote error={error} onRetry={() => void refetch()} /> : null}
        {data ? <Facts record={data} /> : !error && <Waiting />}
        <RecordHistory dataset={dataset} name={name} />
      </div>
    </Drawer>
  );
}

function Facts({ record }: { record: DatasetRecord }) {
  const { t } = useTranslation();
  const facts = [
    ['dataset.firstSeen', <When key="first" time={record.created_at} />],
    ['dataset.changed', <When key="changed" time={record.updated_at} />],
    ['dataset.lastSeen', <When key="seen" time={record.seen_at} />],
    ['dataset.version', record.version],
  ] as const;
  return (
    <>
      <dl className="wp-facts">
        {facts.map(([text, value]) => (
          <div key={text}>
            <dt>{t(text)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <JsonView value={record.data} label={t('dataset.fields')} />
    </>
  );
}
