import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { DeleteButton } from '@/components/DeleteButton';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { automations } from '@/services/automations';

export function DeleteAutomation({ id, name }: { id: string; name: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => automations.remove(id),
    onSuccess: async () => {
      await navigate('/automations');
      client.removeQueries({ queryKey: rareKeys.automations.one(id) });
      await client.invalidateQueries({ queryKey: rareKeys.automations.list });
    },
  });
  return <DeleteButton name={name} text={t('automations.deleteText')} remove={remove} />;
}
