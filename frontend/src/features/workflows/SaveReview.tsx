import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, Drawer, Input, type InputRef } from 'antd';
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { ErrorNote } from '@/components/ErrorNote';
import { Waiting } from '@/components/Waiting';
import { DiffText } from '@/features/workflows/DiffText';
import { Meanwhile } from '@/features/workflows/Meanwhile';
import { Touches } from '@/features/workflows/Touches';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import '@/locales/canvas';
import { ApiError } from '@/services/api-error';
import { workflows } from '@/services/workflows';
import type { DefinitionDetail, DefinitionSummary } from '@/types/api';

interface Props {
  id: string;
  /** What is to be saved. */
  source: string;
  /** The version it was made from. */
  from: number;
  onClose: () => void;
  onSaved: (saved: DefinitionSummary) => void;
  /** The server refuses the text for its problems. */
  onRefused: (error: ApiError) => void;
  /** What somebody else saved is to be gone on with. */
  onTake: (theirs: DefinitionDetail) => void;
}

const CHANGED = 'DEFINITION_CHANGED';

const isRefusal = (error: unknown): error is ApiError => error instanceof ApiError && error.problems().length > 0;

/** What saving changes, looked at before it is done. */
export default function SaveReview({ id, source, from, onClose, onSaved, onRefused, onTake }: Props) {
  const { t } = useTranslation();
  const field = useId();
  const words = useRef<InputRef>(null);
  const [message, setMessage] = useState('');
  const draft = useQuery({
    queryKey: rareKeys.versions.draft(id, from, source),
    queryFn: () => workflows.diffDraft(id, { source, from }),
    gcTime: 0,
    retry: (count, error) => !isRefusal(error) && count < 1,
  });
  const { data, error, refetch } = draft;
  useEffect(() => {
    if (isRefusal(error)) onRefused(error);
  }, [error, onRefused]);
  const save = useMutation({
    mutationFn: (newest: number) => workflows.update(id, { source, from: newest, message }),
    onSuccess: onSaved,
    onError: (failure) => {
      if (isRefusal(failure)) onRefused(failure);
      // Somebody was faster: what they saved is shown before anything is done about it.
      else if (failure instanceof ApiError && failure.code === CHANGED) void refetch();
    },
  });
  const submit = () => {
    if (data && !draft.isFetching && !save.isPending) save.mutate(data.newest);
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      submit();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    submit();
  };
  const overtaken = data !== undefined && data.newest !== from;
  const fault = save.error instanceof ApiError && save.error.code === CHANGED ? null : save.error;
  const next = (data?.newest ?? from) + 1;
  return (
    <Drawer
      open
      title={t('review.title')}
      onClose={onClose}
      size={760}
      afterOpenChange={(open) => open && words.current?.focus()}
      footer={
        <form className="wp-review-form" onSubmit={onSubmit}>
          <div className="wp-field">
            <label htmlFor={field}>{t('review.message')}</label>
            <Input
              id={field}
              ref={words}
              maxLength={500}
              value={message}
              placeholder={t('review.messageHint')}
              onChange={(event) => setMessage(event.target.value)}
            />
          </div>
          <div className="flex flex-wrap items-center justify-end gap-2">
            <kbd className="wp-muted">Ctrl+Enter</kbd>
            <Button onClick={onClose}>{t('review.back')}</Button>
            <Button
              type="primary"
              htmlType="submit"
              danger={overtaken}
              loading={save.isPending}
              disabled={!data || draft.isFetching}
            >
              {t(overtaken ? 'review.saveOver' : 'review.save', { version: next })}
            </Button>
          </div>
        </form>
      }
    >
      <div className="flex flex-col gap-4">
        {error && !isRefusal(error) && <ErrorNote error={error} onRetry={() => void refetch()} />}
        {fault && !isRefusal(fault) && <ErrorNote error={fault} />}
        {!data && !error && <Waiting />}
        {overtaken && <Meanwhile id={id} from={from} newest={data.newest} onTake={onTake} />}
        {data && (
          <>
            <h3 className="wp-h3">{t('review.yours', { version: from })}</h3>
            <Touches changes={data.changes} />
            {data.text && <DiffText label={t('review.yours', { version: from })} text={data.text} />}
          </>
        )}
      </div>
    </Drawer>
  );
}
