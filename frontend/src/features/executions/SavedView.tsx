import { Button, Input } from 'antd';
import { type FormEvent, useState } from 'react';
import { LONGEST_NAME } from '@/features/executions/views';
import { useTranslation } from '@/hooks/use-translation';

interface Props {
  name: string;
  /** The filter that is looked at. */
  now: boolean;
  taken: (name: string) => boolean;
  onGo: () => void;
  onRename: (name: string) => void;
  onForget: () => void;
}

/** A view that was kept: gone to, given another name, or forgotten. */
export function SavedView({ name, now, taken, onGo, onRename, onForget }: Props) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<string | null>(null);
  const [left, setLeft] = useState(false);
  const leave = () => {
    setDraft(null);
    setLeft(true);
  };
  if (draft !== null) {
    const next = draft.trim();
    const clash = next !== name && taken(next);
    const submit = (event: FormEvent) => {
      event.preventDefault();
      if (clash || !next) return;
      if (next !== name) onRename(next);
      leave();
    };
    return (
      <form className="flex flex-wrap gap-2" onSubmit={submit}>
        <Input
          autoFocus
          className="min-w-32 flex-1"
          size="small"
          aria-label={t('executions.newViewName', { name })}
          status={clash ? 'error' : ''}
          maxLength={LONGEST_NAME}
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            leave();
          }}
        />
        <Button size="small" htmlType="submit" disabled={clash || !next}>
          {t('common.save')}
        </Button>
        <Button size="small" type="text" onClick={leave}>
          {t('common.cancel')}
        </Button>
        {clash && (
          <span role="alert" className="wp-hint w-full">
            {t('executions.viewTaken')}
          </span>
        )}
      </form>
    );
  }
  return (
    <div className="flex items-center justify-between gap-3">
      <button type="button" className="wp-link" aria-pressed={now} onClick={onGo}>
        {name}
      </button>
      <span className="flex">
        <Button
          size="small"
          type="text"
          autoFocus={left}
          aria-label={t('executions.renameView', { name })}
          onClick={() => setDraft(name)}
        >
          {t('executions.rename')}
        </Button>
        <Button size="small" type="text" aria-label={t('executions.forgetView', { name })} onClick={onForget}>
          {t('common.delete')}
        </Button>
      </span>
    </div>
  );
}
