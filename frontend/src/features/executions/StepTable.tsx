import RightOutlined from '@ant-design/icons/RightOutlined';
import { useEffect, useRef, useState } from 'react';
import { Lasted } from '@/components/Lasted';
import { StatusTag } from '@/components/StatusTag';
import { StepDetail } from '@/features/executions/StepDetail';
import { StepProgressBar } from '@/features/executions/StepProgressBar';
import { useChosenStep } from '@/features/executions/use-chosen-step';
import { useTranslation } from '@/hooks/use-translation';
import type { Step } from '@/types/api';
import { isOver } from '@/utils/status';

interface RowProps {
  execution: string;
  /** Whether the execution has ended, so that it can be run again from here. */
  over: boolean;
  step: Step;
  open: boolean;
  onToggle: () => void;
}

function StepRow({ execution, over, step, open, onToggle }: RowProps) {
  const { t } = useTranslation();
  return (
    <li className="wp-step" data-step={step.id}>
      <button type="button" className="wp-step-head" aria-expanded={open} onClick={onToggle}>
        <RightOutlined aria-hidden className={open ? 'wp-turn wp-turned' : 'wp-turn'} />
        <span className="wp-step-name">
          <strong>{step.id}</strong>
          <span className="wp-muted">{step.uses}</span>
        </span>
        <StatusTag status={step.status} />
        <span className="wp-step-work">
          <StepProgressBar step={step} />
        </span>
        <span className="wp-step-attempts wp-muted wp-number">
          {step.attempts > 1 ? t('executions.attempts', { count: step.attempts }) : ''}
        </span>
        <span className="wp-step-time">
          <Lasted start={step.started_at} end={step.finished_at} running={!isOver(step.status)} />
        </span>
      </button>
      {step.error && (
        <p className="wp-step-error">
          {step.error.message} <code>{step.error.code}</code>
        </p>
      )}
      {open && <StepDetail execution={execution} step={step} again={over ? execution : null} />}
    </li>
  );
}

export function StepTable({ execution, over, steps }: { execution: string; over: boolean; steps: Step[] }) {
  const { t } = useTranslation();
  const [chosen, choose] = useChosenStep();
  const [open, setOpen] = useState<string[]>(chosen ? [chosen] : []);
  const list = useRef<HTMLOListElement>(null);
  // Where somebody was sent to a step, it is in view.
  useEffect(() => {
    if (chosen)
      list.current?.querySelector(`[data-step="${CSS.escape(chosen)}"]`)?.scrollIntoView({ block: 'nearest' });
  }, []);
  const toggle = (id: string) => {
    const was = open.includes(id);
    setOpen(was ? open.filter((one) => one !== id) : [...open, id]);
    if (!was) choose(id);
    else if (id === chosen) choose(null);
  };
  return (
    <ol ref={list} className="wp-steps" aria-label={t('executions.steps')}>
      {steps.map((step) => (
        <StepRow
          key={step.id}
          execution={execution}
          over={over}
          step={step}
          open={open.includes(step.id)}
          onToggle={() => toggle(step.id)}
        />
      ))}
    </ol>
  );
}
