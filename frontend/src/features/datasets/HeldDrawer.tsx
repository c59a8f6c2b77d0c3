import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Drawer } from 'antd';
import { useTranslation } from 'react-i18next';
import { AskOnce } from '@/components/AskOnce';
import { ErrorNote } from '@/components/ErrorNote';
import { JsonView } from '@/components/JsonView';
import { Waiting } from '@/components/Waiting';
import { Reasons } from '@/features/datasets/HeldBatches';
import { keys } from '@/hooks/keys';
import { rareKeys } from '@/hooks/rare-keys';
import { datasets } from '@/services/datasets';

interface Props {
  name: string;
  id: string;
  onClose: () => void;
}

/** Why a batch was held, what is in it, and what is to become of it. */
export function HeldDrawer({ name, id, onClose }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: rareKeys.dataset.batch(name, id),
    queryFn: () => datasets.heldBatch(name, id),
  });
  const onSuccess = async () => {
    onClose();
    await client.invalidateQueries({ queryKey: rareKeys.dataset.all(name) });
    await client.invalidateQueries({ queryKey: keys.datasets.one(name) });
  };
  const release = useMutation({ mutationFn: () => datasets.decide(name, id, 'release'), onSuccess });
  const discard = useMutation({ mutationFn: () => datasets.decide(name, id, 'discard'), onSuccess });
  const count = data?.batch.records ?? 0;
  return (
    <Drawer open title={t('dataset.heldTitle')} size={640} onClose={onClose}>
      {error ? <ErrorNote error={error} onRetry={() => void refetch()} /> : null}
      {!data && !error && <Waiting />}
      {data && (
        <div className="flex flex-col gap-5">
          <Reasons breaches={data.batch.breaches} />
          {data.batch.state === 'held' && (
            <div className="flex flex-wrap gap-2">
              <AskOnce
                button={t('dataset.release')}
                title={t('dataset.releaseTitle', { count })}
                text={t('dataset.releaseText')}
                action={release}
              />
              <AskOnce
                danger
                button={t('dataset.discard')}
                title={t('dataset.discardTitle', { count })}
                text={t('dataset.discardText')}
                action={discard}
              />
            </div>
          )}
          <JsonView value={data.records} label={t('dataset.heldShown', { count: data.records.length })} />
        </div>
      )}
    </Drawer>
  );
}
