import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Switch } from 'antd';
import { ErrorNote } from '@/components/ErrorNote';
import { keys } from '@/hooks/keys';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { workflows } from '@/services/workflows';
import type { DefinitionListed } from '@/types/api';

/** Whether a workflow starts by itself: pauses all its triggers, or lets them go on. */
export default function PauseAll({ workflow: { id, name, paused } }: { workflow: DefinitionListed }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: async (on: boolean) => {
      const { items } = await workflows.triggers(id);
      const others = items.filter((trigger) => trigger.paused === on);
      await Promise.all(others.map((trigger) => workflows.setTrigger(trigger.id, on ? 'resume' : 'pause')));
    },
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: rareKeys.triggers.all });
      await client.invalidateQueries({ queryKey: keys.workflows.all });
    },
  });
  return (
    <>
      <Switch
        size="small"
        aria-label={t('listed.active', { name })}
        checked={change.isPending ? change.variables : !paused}
        loading={change.isPending}
        onChange={(on) => change.mutate(on)}
      />
      {change.error && <ErrorNote error={change.error} />}
    </>
  );
}
