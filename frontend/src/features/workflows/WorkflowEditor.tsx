import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { CodeHandle } from '@/components/code/CodeEditor';
import { ErrorNote } from '@/components/ErrorNote';
import { LeaveGuard } from '@/components/LeaveGuard';
import { PageHeader } from '@/components/PageHeader';
import { ProblemList } from '@/features/workflows/ProblemList';
import { useValidation } from '@/features/workflows/use-validation';
import { keys } from '@/hooks/keys';
import { rareKeys } from '@/hooks/rare-keys';
import { useFilter } from '@/hooks/use-filter';
import { ApiError } from '@/services/api-error';
import { workflows } from '@/services/workflows';
import { createEditorStore } from '@/store/editor';
import type { DefinitionSummary } from '@/types/api';

const VisualEditor = lazy(() => import('@/features/workflows/VisualEditor'));
const Exchange = lazy(() => import('@/features/workflows/Exchange'));
const CodeEditor = lazy(() => import('@/components/code/CodeEditor'));

interface Props {
  /** Absent for a new workflow. */
  id?: string;
  title: ReactNode;
  note?: ReactNode;
  saved: string;
  initial?: string;
  /** Ways to other parts of the same workflow. */
  tabs?: ReactNode;
  /** Shown beside "Save"; told whether there are unsaved changes. */
  extra?: (dirty: boolean) => ReactNode;
  onSaved?: (saved: DefinitionSummary) => void;
}

const VIEWS = ['both', 'graph', 'text'] as const;

/** A workflow as graph and as text, with its problems at their lines. */
export function WorkflowEditor({ id, title, note, saved, initial = saved, tabs, extra, onSaved }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [store] = useState(() => createEditorStore(saved, initial));
  const { text, problems, checked, edit } = useStore(store);
  const dirty = useStore(store, (state) => state.text !== state.saved);
  const isDirty = useCallback(() => store.getState().text !== store.getState().saved, [store]);
  const code = useRef<CodeHandle>(null);
  const { filter, change } = useFilter(['view', 'step'] as const);
  const view = VIEWS.find((one) => one === filter.view) ?? 'both';
  const actions = useQuery({ queryKey: rareKeys.actions.all, queryFn: workflows.actions, staleTime: 600_000 });
  const validation = useValidation(store);
  const save = useMutation({
    mutationFn: (source: string) => (id ? workflows.update(id, source) : workflows.create(source)),
    onSuccess: (summary, source) => {
      store.getState().keep(source);
      void client.invalidateQueries({ queryKey: keys.workflows.all });
      onSaved?.(summary);
    },
    onError: (error, source) => {
      if (error instanceof ApiError && error.problems().length > 0) store.getState().judge(source, error.problems());
    },
  });
  // A version that was brought back takes the place of the text, unless something was written meanwhile.
  useEffect(() => {
    const { text: now, saved: known, keep } = store.getState();
    if (saved === known) return;
    keep(saved);
    if (now === known) code.current?.replace(saved);
  }, [saved, store]);
  const { reset } = save;
  useEffect(() => {
    if (text) reset();
  }, [text, reset]);
  const faults = problems.filter((problem) => problem.severity === 'error').length;
  const submit = () => {
    if (isDirty() && !save.isPending) save.mutate(store.getState().text);
  };
  return (
    <div className="wp-editor">
      <PageHeader
        title={title}
        note={note}
        parent={{ to: '/workflows', text: t('nav.workflows') }}
        extra={
          <>
            <span className="wp-muted" aria-live="polite">
              {dirty ? t('editor.unsaved') : save.isSuccess || id ? t('editor.saved') : ''}
            </span>
            {extra?.(dirty)}
            <Button
              type="primary"
              onClick={submit}
              loading={save.isPending}
              disabled={!dirty || (checked && faults > 0)}
            >
              {t('editor.save')}
            </Button>
          </>
        }
      />
      {tabs}
      {save.error && <ErrorNote error={save.error} />}
      {validation.error !== null && !save.error && <ErrorNote error={validation.error} />}
      <div className="flex flex-wrap items-center gap-2">
        <nav className="wp-segments" aria-label={t('editor.views')}>
          {VIEWS.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={one === view}
              onClick={() => change('view', one === 'both' ? undefined : one)}
            >
              {t(`editor.view.${one}`)}
            </button>
          ))}
        </nav>
        <Button onClick={() => code.current?.undo()}>{t('editor.undo')}</Button>
        <Button onClick={() => code.current?.redo()}>{t('editor.redo')}</Button>
        <Suspense>
          <Exchange text={() => store.getState().text} onText={(next) => code.current?.replace(next)} />
        </Suspense>
      </div>
      <div className={`wp-editor-panes wp-view-${view}`}>
        {view !== 'text' && (
          <Suspense fallback={<div className="wp-canvas" />}>
            <VisualEditor
              store={store}
              workflow={id}
              onText={(next) => code.current?.replace(next)}
              onHistory={(way) => code.current?.[way]()}
            />
          </Suspense>
        )}
        <div className="wp-editor-side">
          <div className="wp-editor-code">
            <Suspense
              fallback={
                <div className="p-4">
                  <span className="wp-skeleton" />
                </div>
              }
            >
              <CodeEditor
                ref={code}
                initial={initial}
                label={t('editor.text')}
                problems={problems}
                words={{ actions: actions.data ?? [] }}
                onChange={edit}
                onSave={submit}
              />
            </Suspense>
          </div>
          <ProblemList problems={problems} checking={!checked} onJump={(problem) => code.current?.jump(problem)} />
        </div>
      </div>
      <LeaveGuard dirty={isDirty} />
    </div>
  );
}
