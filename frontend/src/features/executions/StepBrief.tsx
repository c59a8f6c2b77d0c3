import { Link } from 'react-router';
import { Lasted } from '@/components/Lasted';
import { StatusTag } from '@/components/StatusTag';
import { StepProgressBar } from '@/features/executions/StepProgressBar';
import { useTranslation } from '@/hooks/use-translation';
import type { Step } from '@/types/api';
import { isOver } from '@/utils/status';

/** The step that is chosen, in a line, with the way to all of it. */
export function StepBrief({ step }: { step: Step | undefined }) {
  const { t } = useTranslation();
  return (
    <section className="wp-card wp-step-brief" aria-label={t('executions.chosenStep')} aria-live="polite">
      {step ? (
        <>
          <strong>{step.id}</strong>
          <span className="wp-muted">{step.uses}</span>
          <StatusTag status={step.status} />
          <Lasted start={step.started_at} end={step.finished_at} running={!isOver(step.status)} />
          {step.attempts > 1 && <span className="wp-muted">{t('executions.attempts', { count: step.attempts })}</span>}
          <StepProgressBar step={step} />
          <Link to={{ search: new URLSearchParams({ tab: 'steps', step: step.id }).toString() }}>
            {t('executions.openStep')}
          </Link>
          <Link to={{ search: new URLSearchParams({ tab: 'logs', logs_of: step.id }).toString() }}>
            {t('executions.itsLogs')}
          </Link>
          {step.error && (
            <p className="wp-step-brief-error">
              {step.error.message} <code>{step.error.code}</code>
            </p>
          )}
        </>
      ) : (
        <span className="wp-muted">{t('executions.chooseStep')}</span>
      )}
    </section>
  );
}
