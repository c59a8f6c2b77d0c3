import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Switch } from 'antd';
import { ErrorNote } from '@/components/ErrorNote';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { automations } from '@/services/automations';
import type { Automation } from '@/types/api';

/** Whether the rule listens. */
export function Listening({ automation: { id, name, enabled } }: { automation: Automation }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (on: boolean) => automations.set(id, on ? 'enable' : 'disable'),
    onSettled: () => client.invalidateQueries({ queryKey: rareKeys.automations.list }),
  });
  return (
    <>
      <Switch
        aria-label={t('automations.listens', { name })}
        checked={enabled}
        loading={change.isPending}
        onChange={(on) => change.mutate(on)}
      />
      {change.error && <ErrorNote error={change.error} />}
    </>
  );
}
