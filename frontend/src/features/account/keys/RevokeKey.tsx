import { useMutation, useQueryClient } from '@tanstack/react-query';
import { AskOnce } from '@/components/AskOnce';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { apiKeys } from '@/services/api-keys';

export function RevokeKey({ id, name }: { id: string; name: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => apiKeys.revoke(id),
    onSuccess: () => client.invalidateQueries({ queryKey: rareKeys.apiKeys.all }),
  });
  return (
    <AskOnce
      button={t('keys.revoke')}
      title={t('keys.revokeTitle', { name })}
      text={t('keys.revokeText')}
      action={revoke}
      danger
    />
  );
}
