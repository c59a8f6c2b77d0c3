import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { DeleteButton } from '@/components/DeleteButton';
import { keys } from '@/hooks/keys';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { datasets } from '@/services/datasets';

export function DeleteDataset({ name }: { name: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => datasets.remove(name),
    onSuccess: async () => {
      await navigate('/data');
      client.removeQueries({ queryKey: keys.datasets.one(name) });
      client.removeQueries({ queryKey: rareKeys.dataset.all(name) });
      await client.invalidateQueries({ queryKey: keys.datasets.all });
    },
  });
  return <DeleteButton name={name} text={t('data.deleteText')} remove={remove} />;
}
