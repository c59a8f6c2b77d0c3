import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Switch } from 'antd';
import { ErrorNote } from '@/components/ErrorNote';
import { keys } from '@/hooks/keys';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { workflows } from '@/services/workflows';
import type { Trigger } from '@/types/api';

/** Whether the trigger is active. */
export function PauseSwitch({ trigger }: { trigger: Trigger }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (on: boolean) => workflows.setTrigger(trigger.id, on ? 'resume' : 'pause'),
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: rareKeys.triggers.all });
      await client.invalidateQueries({ queryKey: keys.workflows.all });
    },
  });
  return (
    <>
      <Switch
        aria-label={t('triggers.active', { name: trigger.expression })}
        checked={!trigger.paused}
        loading={change.isPending}
        onChange={(on) => change.mutate(on)}
      />
      {change.error && <ErrorNote error={change.error} />}
    </>
  );
}
