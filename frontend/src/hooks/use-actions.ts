import { useQuery } from '@tanstack/react-query';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { workflows } from '@/services/workflows';

/** What steps can do, told in the language of the screen. */
export function useActions() {
  const { i18n } = useTranslation();
  return useQuery({
    queryKey: rareKeys.actions.in(i18n.language),
    queryFn: workflows.actions,
    staleTime: 600_000,
  });
}
