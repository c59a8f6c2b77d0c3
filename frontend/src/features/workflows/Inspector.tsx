import ArrowDownOutlined from '@ant-design/icons/ArrowDownOutlined';
import ArrowUpOutlined from '@ant-design/icons/ArrowUpOutlined';
import { Button, Tabs } from 'antd';
import type { StepNode } from '@/components/canvas/graph';
import { ErrorNote } from '@/components/ErrorNote';
import { copyStep, moveStep, removeStep, renameStep } from '@/features/workflows/edit';
import { NameField } from '@/features/workflows/NameField';
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
  const { source, nodes, apply } = editing;
  const place = nodes.findIndex(({ id }) => id === step.id);
  const fault = (name: string) => {
    if (!IDENTIFIER.test(name)) return t('canvas.nameShape');
    return nodes.some(({ id }) => id === name) ? t('canvas.nameTaken') : null;
  };
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
        <NameField
          label={t('canvas.name')}
          name={step.id}
          fault={fault}
          onRename={(next) => apply(renameStep(source, step.id, next), next)}
        />
        <Button
          size="small"
          icon={<ArrowUpOutlined />}
          aria-label={t('canvas.moveUp')}
          title={t('canvas.moveUp')}
          disabled={place === 0}
          onClick={() => apply(moveStep(source, step.id, place - 1))}
        />
        <Button
          size="small"
          icon={<ArrowDownOutlined />}
          aria-label={t('canvas.moveDown')}
          title={t('canvas.moveDown')}
          disabled={place === nodes.length - 1}
          onClick={() => apply(moveStep(source, step.id, place + 1))}
        />
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
