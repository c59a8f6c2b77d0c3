import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { DeleteButton } from '@/components/DeleteButton';
import { keys } from '@/hooks/keys';
import { useTranslation } from '@/hooks/use-translation';
import { workflows } from '@/services/workflows';

export function DeleteWorkflow({ id, name }: { id: string; name: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => workflows.remove(id),
    onSuccess: async () => {
      await navigate('/workflows');
      client.removeQueries({ queryKey: keys.workflows.one(id) });
      await client.invalidateQueries({ queryKey: keys.workflows.all });
    },
  });
  return <DeleteButton name={name} text={t('workflows.deleteText')} remove={remove} />;
}
