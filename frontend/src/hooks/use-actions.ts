import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { rareKeys } from '@/hooks/rare-keys';
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
