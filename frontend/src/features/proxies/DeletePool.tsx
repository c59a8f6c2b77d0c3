import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { DeleteButton } from '@/components/DeleteButton';
import { keys } from '@/hooks/keys';
import { useTranslation } from '@/hooks/use-translation';
import { proxies } from '@/services/proxies';

export function DeletePool({ id, name }: { id: string; name: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => proxies.remove(id),
    onSuccess: async () => {
      await navigate('/proxies');
      client.removeQueries({ queryKey: keys.pools.status(id) });
      await client.invalidateQueries({ queryKey: keys.pools.all });
    },
  });
  return <DeleteButton name={name} text={t('proxies.deleteText')} remove={remove} />;
}
