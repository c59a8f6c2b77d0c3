import { useQuery } from '@tanstack/react-query';
import { Drawer } from 'antd';
import { ErrorNote } from '@/components/ErrorNote';
import { JsonView } from '@/components/JsonView';
import { Waiting } from '@/components/Waiting';
import { HeldActions } from '@/features/datasets/HeldActions';
import { Reasons } from '@/features/datasets/Reasons';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { datasets } from '@/services/datasets';

interface Props {
  name: string;
  id: string;
  onClose: () => void;
}

/** Why a batch was held, what is in it, and what is to become of it. */
export function HeldDrawer({ name, id, onClose }: Props) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({
    queryKey: rareKeys.dataset.batch(name, id),
    queryFn: () => datasets.heldBatch(name, id),
  });
  return (
    <Drawer open title={t('dataset.heldTitle')} size={860} onClose={onClose}>
      {error ? <ErrorNote error={error} onRetry={() => void refetch()} /> : null}
      {!data && !error && <Waiting />}
      {data && (
        <div className="wp-held">
          <JsonView value={data.records} label={t('dataset.heldShown', { count: data.records.length })} />
          <div className="flex flex-col gap-3">
            <Reasons breaches={data.batch.breaches} />
            <HeldActions name={name} batch={data.batch} onDone={onClose} />
          </div>
        </div>
      )}
    </Drawer>
  );
}
