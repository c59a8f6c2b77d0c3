import RedoOutlined from '@ant-design/icons/RedoOutlined';
import UndoOutlined from '@ant-design/icons/UndoOutlined';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { CodeHandle } from '@/components/code/CodeEditor';
import { ErrorNote } from '@/components/ErrorNote';
import { LeaveGuard } from '@/components/LeaveGuard';
import { PageHeader } from '@/components/PageHeader';
import { ProblemList } from '@/features/workflows/ProblemList';
import { useValidation } from '@/features/workflows/use-validation';
import { keys } from '@/hooks/keys';
import { useActions } from '@/hooks/use-actions';
import { useFilter } from '@/hooks/use-filter';
import { useTranslation } from '@/hooks/use-translation';
import { ApiError } from '@/services/api-error';
import { workflows } from '@/services/workflows';
import { createEditorStore } from '@/store/editor';
import type { DefinitionDetail, DefinitionSummary } from '@/types/api';

const VisualEditor = lazy(() => import('@/features/workflows/VisualEditor'));
const SaveReview = lazy(() => import('@/features/workflows/SaveReview'));
const Exchange = lazy(() => import('@/features/workflows/Exchange'));
const CodeEditor = lazy(() => import('@/components/code/CodeEditor'));

interface Props {
  /** Absent for a new workflow. */
  id?: string;
  title: ReactNode;
  note?: ReactNode;
  saved: string;
  /** The version that `saved` is. */
  version?: number;
  initial?: string;
  /** Ways to other parts of the same workflow. */
  tabs?: ReactNode;
  /** Shown beside "Save"; told whether there are unsaved changes. */
  extra?: (dirty: boolean) => ReactNode;
  onSaved?: (saved: DefinitionSummary) => void;
}

const VIEWS = ['both', 'graph', 'text'] as const;

/** A workflow as graph and as text, with its problems at their lines. */
export function WorkflowEditor({ id, title, note, saved, version, initial = saved, tabs, extra, onSaved }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [store] = useState(() => createEditorStore(saved, initial, version));
  const { text, problems, checked, edit } = useStore(store);
  const dirty = useStore(store, (state) => state.text !== state.saved);
  const isDirty = useCallback(() => store.getState().text !== store.getState().saved, [store]);
  const code = useRef<CodeHandle>(null);
  const { filter, change } = useFilter(['view', 'step'] as const);
  const view = VIEWS.find((one) => one === filter.view) ?? 'both';
  const actions = useActions();
  const validation = useValidation(store);
  const [reviewed, setReviewed] = useState<{ source: string; from: number } | null>(null);
  const saveAs = (summary: DefinitionSummary, source: string) => {
    store.getState().keep(source, summary.version);
    void client.invalidateQueries({ queryKey: keys.workflows.all });
    onSaved?.(summary);
  };
  const refused = useCallback(
    (error: unknown, source: string) => {
      if (error instanceof ApiError && error.problems().length > 0) store.getState().judge(source, error.problems());
    },
    [store],
  );
  const create = useMutation({
    mutationFn: workflows.create,
    onSuccess: saveAs,
    onError: (error: Error, source) => refused(error, source),
  });
  const onRefused = useCallback(
    (error: ApiError) => {
      refused(error, store.getState().text);
      setReviewed(null);
    },
    [refused, store],
  );
  const take = (theirs: DefinitionDetail) => {
    store.getState().keep(theirs.source, theirs.version);
    code.current?.replace(theirs.source);
    void client.invalidateQueries({ queryKey: keys.workflows.all });
    setReviewed(null);
  };
  // A version that was brought back takes the place of the text, unless something was written meanwhile.
  useEffect(() => {
    if (store.getState().hear(saved, version)) code.current?.replace(saved);
  }, [saved, version, store]);
  const { reset } = create;
  useEffect(() => {
    if (text) reset();
  }, [text, reset]);
  const faults = problems.filter((problem) => problem.severity === 'error').length;
  const submit = () => {
    const { text: source, version: from } = store.getState();
    if (!isDirty() || create.isPending) return;
    if (id && from !== undefined) setReviewed({ source, from });
    else create.mutate(source);
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
              {dirty ? t('editor.unsaved') : create.isSuccess || id ? t('editor.saved') : ''}
            </span>
            {extra?.(dirty)}
            <Button
              type="primary"
              onClick={submit}
              loading={create.isPending}
              disabled={!dirty || (checked && faults > 0)}
            >
              {t('editor.save')}
            </Button>
          </>
        }
      />
      {tabs}
      {create.error && <ErrorNote error={create.error} />}
      {validation.error !== null && !create.error && <ErrorNote error={validation.error} />}
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
        <Button icon={<UndoOutlined aria-hidden />} aria-label={t('editor.undo')} onClick={() => code.current?.undo()}>
          <span className="wp-wide">{t('editor.undo')}</span>
        </Button>
        <Button icon={<RedoOutlined aria-hidden />} aria-label={t('editor.redo')} onClick={() => code.current?.redo()}>
          <span className="wp-wide">{t('editor.redo')}</span>
        </Button>
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
              onJump={(problem) => code.current?.jump(problem)}
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
      {id && reviewed && (
        <Suspense>
          <SaveReview
            id={id}
            {...reviewed}
            onClose={() => setReviewed(null)}
            onSaved={(summary) => {
              saveAs(summary, reviewed.source);
              setReviewed(null);
            }}
            onRefused={onRefused}
            onTake={take}
          />
        </Suspense>
      )}
      <LeaveGuard dirty={isDirty} />
    </div>
  );
}
