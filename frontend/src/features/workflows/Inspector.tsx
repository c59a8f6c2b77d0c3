import { Button, Input, Tabs } from 'antd';
import { useState } from 'react';
import type { StepNode } from '@/components/canvas/graph';
import { ErrorNote } from '@/components/ErrorNote';
import { copyStep, removeStep, renameStep } from '@/features/workflows/edit';
import { StepDocs } from '@/features/workflows/StepDocs';
import { StepFlow } from '@/features/workflows/StepFlow';
import { StepInputs } from '@/features/workflows/StepInputs';
import { StepTest } from '@/features/workflows/StepTest';
import { useActions } from '@/hooks/use-actions';
import { useTranslation } from '@/hooks/use-translation';

export interface Editing {
  source: string;
  nodes: StepNode[];
  /** Takes the next text, and may show another step. */
  apply: (source: string, chosen?: string | null) => void;
  /** The saved workflow; absent for a new one. */
  workflow?: string;
  /** What expressions may name. */
  names: string[];
}

const IDENTIFIER = /^[A-Za-z0-9_]+$/;

/** One step: its inputs as the action's schema draws them, how it flows, and what the action says of itself. */
export function Inspector({ step, editing }: { step: StepNode; editing: Editing }) {
  const { t } = useTranslation();
  const { source, apply } = editing;
  const actions = useActions();
  const action = actions.data?.find(({ name }) => name === step.uses);
  const copy = () => apply(...copyStep(source, step.id));
  const remove = () => apply(removeStep(source, step.id), null);
  const tabs = [
    {
      key: 'inputs',
      label: t('canvas.inputs'),
      children: <StepInputs step={step} action={action} editing={editing} />,
    },
    { key: 'flow', label: t('canvas.flow'), children: <StepFlow step={step} editing={editing} /> },
    { key: 'test', label: t('trial.tab'), children: <StepTest key={step.id} step={step} editing={editing} /> },
    { key: 'docs', label: t('canvas.docs'), children: <StepDocs action={action} /> },
  ];
  return (
    <section className="wp-inspector" aria-label={t('canvas.stepNamed', { id: step.id })}>
      <header className="flex flex-wrap items-center gap-2">
        <Name key={step.id} step={step} editing={editing} />
        <Button size="small" onClick={copy}>
          {t('canvas.copy')}
        </Button>
        <Button size="small" danger onClick={remove}>
          {t('canvas.remove')}
        </Button>
      </header>
      <p className="wp-muted">{action?.title ?? step.uses}</p>
      {actions.error && <ErrorNote error={actions.error} onRetry={() => void actions.refetch()} />}
      <Tabs size="small" items={tabs} />
    </section>
  );
}

/** The step's name; a good one goes into every expression that speaks of it. */
function Name({ step, editing }: { step: StepNode; editing: Editing }) {
  const { t } = useTranslation();
  const [name, setName] = useState(step.id);
  const taken = name !== step.id && editing.nodes.some(({ id }) => id === name);
  const good = IDENTIFIER.test(name) && !taken;
  const rename = () => {
    if (good && name !== step.id) editing.apply(renameStep(editing.source, step.id, name), name);
  };
  return (
    <Input
      aria-label={t('canvas.name')}
      className="wp-mono min-w-32 flex-1"
      status={good ? '' : 'error'}
      title={good ? undefined : t(taken ? 'canvas.nameTaken' : 'canvas.nameShape')}
      value={name}
      maxLength={100}
      onChange={(event) => setName(event.target.value)}
      onBlur={rename}
      onPressEnter={rename}
    />
  );
}
