import { EmptyState } from '@/components/EmptyState';
import { ErrorNote } from '@/components/ErrorNote';
import { TriggerCard } from '@/components/triggers/TriggerCard';
import { rareKeys } from '@/hooks/rare-keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { workflows } from '@/services/workflows';

/** What starts the workflow: when next, what became of past times, paused or not. */
export function TriggerList({ id }: { id: string }) {
  const { t } = useTranslation();
  const { items, error, retry } = usePaged(rareKeys.triggers.of(id), () => workflows.triggers(id));
  if (error && !items) return <ErrorNote error={error} onRetry={retry} />;
  if (items?.length === 0) return <EmptyState title={t('triggers.none')} text={t('triggers.noneText')} />;
  return (
    <div className="flex flex-col gap-4">
      {items?.map((trigger) => (
        <TriggerCard key={trigger.id} trigger={trigger} />
      ))}
    </div>
  );
}
