import CheckCircleFilled from '@ant-design/icons/CheckCircleFilled';
import CloseCircleFilled from '@ant-design/icons/CloseCircleFilled';
import WarningFilled from '@ant-design/icons/WarningFilled';
import { useTranslation } from '@/hooks/use-translation';
import type { Problem } from '@/types/api';

interface Props {
  problems: Problem[];
  checking: boolean;
  onJump: (problem: Problem) => void;
}

export function ProblemList({ problems, checking, onJump }: Props) {
  const { t } = useTranslation();
  return (
    <section className="wp-problems" aria-label={t('editor.problems')} aria-busy={checking}>
      <h2>
        {t('editor.problems')} <span className="wp-muted">{problems.length}</span>
      </h2>
      {problems.length === 0 && (
        <p className={checking ? 'wp-muted' : 'wp-good'}>
          {!checking && <CheckCircleFilled aria-hidden />} {t(checking ? 'editor.checking' : 'editor.valid')}
        </p>
      )}
      <ul>
        {problems.map((problem) => (
          <li key={`${problem.code} ${problem.path} ${problem.line} ${problem.message}`}>
            <button type="button" className="wp-problem" onClick={() => onJump(problem)}>
              {problem.severity === 'error' ? (
                <CloseCircleFilled className="wp-problem-error" aria-label={t('editor.error')} />
              ) : (
                <WarningFilled className="wp-problem-warning" aria-label={t('editor.warning')} />
              )}
              <span className="min-w-0">
                <span className="block break-words">{problem.message}</span>
                <span className="wp-muted block break-all text-xs">
                  {problem.line ? `${t('editor.line', { line: problem.line })} · ` : ''}
                  {problem.path} · {problem.code}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
