import { Button, Input, Popover } from 'antd';
import { type FormEvent, useState } from 'react';
import { useSearchParams } from 'react-router';
import { ErrorNote } from '@/components/ErrorNote';
import { SavedView } from '@/features/executions/SavedView';
import { LONGEST_NAME, useViews } from '@/features/executions/views';
import { useTranslation } from '@/hooks/use-translation';

/** Filters that are come back to, by their names. */
export function SavedViews() {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const [open, setOpen] = useState(false);
  const { list, keep, forget, rename } = useViews(open);
  const [name, setName] = useState('');
  const now = search.toString();
  const go = (to: string) => {
    setSearch(new URLSearchParams(to));
    setOpen(false);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!name.trim()) return;
    keep.mutate(
      { name: name.trim(), search: now },
      {
        onSuccess: () => {
          setName('');
          setOpen(false);
        },
      },
    );
  };
  const error = list.error ?? keep.error ?? forget.error ?? rename.error;
  const content = (
    <div className="wp-views">
      {error && <ErrorNote error={error} onRetry={list.error ? () => void list.refetch() : undefined} />}
      {list.isPending && !list.error && <span className="wp-skeleton" />}
      {list.data?.length === 0 && <p className="wp-muted">{t('executions.noViews')}</p>}
      {list.data?.map((view) => (
        <SavedView
          key={view.name}
          name={view.name}
          now={view.search === now}
          taken={(next) => list.data.some((other) => other.name === next)}
          onGo={() => go(view.search)}
          onRename={(next) => rename.mutate({ view, name: next })}
          onForget={() => forget.mutate(view.name)}
        />
      ))}
      {now !== '' && (
        <form className="flex gap-2" onSubmit={submit}>
          <Input
            aria-label={t('executions.viewName')}
            placeholder={t('executions.viewName')}
            maxLength={LONGEST_NAME}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <Button htmlType="submit" type="primary" loading={keep.isPending} disabled={!name.trim()}>
            {t('executions.keepView')}
          </Button>
        </form>
      )}
    </div>
  );
  return (
    <Popover trigger="click" placement="bottomRight" open={open} onOpenChange={setOpen} content={content}>
      <Button aria-expanded={open}>{t('executions.views')}</Button>
    </Popover>
  );
}
