import type { QueryKey } from '@tanstack/react-query';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { AskOnce } from '@/components/AskOnce';
import { useTranslation } from '@/hooks/use-translation';

interface Props {
  name: string;
  text: string;
  remove: (name: string) => Promise<unknown>;
  list: QueryKey;
}

export function Forget({ name, text, remove, list }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const action = useMutation({
    mutationFn: () => remove(name),
    onSuccess: () => client.invalidateQueries({ queryKey: list }),
  });
  return (
    <AskOnce danger button={t('common.delete')} title={t('common.deleteTitle', { name })} text={text} action={action} />
  );
}
