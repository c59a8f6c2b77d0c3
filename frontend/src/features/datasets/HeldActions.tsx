import { useMutation, useQueryClient } from '@tanstack/react-query';
import { AskOnce } from '@/components/AskOnce';
import { keys } from '@/hooks/keys';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { datasets } from '@/services/datasets';
import type { HeldBatch } from '@/types/api';

interface Props {
  name: string;
  batch: HeldBatch;
  onDone?: () => void;
}

/** What is to become of a batch that nobody has decided on. */
export function HeldActions({ name, batch: { id, state, records: count }, onDone }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const onSuccess = async () => {
    onDone?.();
    await client.invalidateQueries({ queryKey: rareKeys.dataset.all(name) });
    await client.invalidateQueries({ queryKey: keys.datasets.one(name) });
  };
  const release = useMutation({ mutationFn: () => datasets.decide(name, id, 'release'), onSuccess });
  const discard = useMutation({ mutationFn: () => datasets.decide(name, id, 'discard'), onSuccess });
  if (state !== 'held') return null;
  return (
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
  );
}
