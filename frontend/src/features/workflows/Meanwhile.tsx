import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { ErrorNote } from '@/components/ErrorNote';
import { Note } from '@/components/Note';
import { Waiting } from '@/components/Waiting';
import { DiffText } from '@/features/workflows/DiffText';
import { Touches } from '@/features/workflows/Touches';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { workflows } from '@/services/workflows';
import type { DefinitionDetail } from '@/types/api';

interface Props {
  id: string;
  from: number;
  newest: number;
  onTake: (theirs: DefinitionDetail) => void;
}

/** What somebody else saved while this text was written. */
export function Meanwhile({ id, from, newest, onTake }: Props) {
  const { t } = useTranslation();
  const theirs = useQuery({
    queryKey: rareKeys.versions.diff(id, from, newest),
    queryFn: () => workflows.diff(id, from, newest),
  });
  const take = useMutation({ mutationFn: () => workflows.show(id), onSuccess: onTake });
  const title = t('review.theirs', { version: newest });
  return (
    <>
      <Note
        kind="warning"
        title={t('review.overtaken', { version: newest })}
        action={
          <Button size="small" loading={take.isPending} onClick={() => take.mutate()}>
            {t('review.take')}
          </Button>
        }
      >
        <p>{t('review.overtakenText', { version: newest, next: newest + 1 })}</p>
      </Note>
      {take.error && <ErrorNote error={take.error} />}
      <h3 className="wp-h3">{title}</h3>
      {theirs.error && <ErrorNote error={theirs.error} onRetry={() => void theirs.refetch()} />}
      {theirs.isPending && <Waiting />}
      {theirs.data && (
        <>
          <Touches changes={theirs.data.changes} />
          {theirs.data.text && <DiffText label={title} text={theirs.data.text} />}
        </>
      )}
    </>
  );
}
