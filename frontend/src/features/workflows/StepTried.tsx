import { JsonView } from '@/components/JsonView';
import { Note } from '@/components/Note';
import { StatusTag } from '@/components/StatusTag';
import { useTranslation } from '@/hooks/use-translation';
import type { StepTested } from '@/types/api';
import { duration } from '@/utils/format';
import { size } from '@/utils/size';

type Shown = StepTested['output'];

function Value({ label, shown }: { label: string; shown: Shown }) {
  const { t } = useTranslation();
  if (!shown) return null;
  if (!shown.preview) return <JsonView label={label} value={shown.value ?? null} />;
  return (
    <section className="wp-json" aria-label={label}>
      <strong>{label}</strong>
      <p className="wp-muted">{t('trial.large', { size: size(shown.bytes) })}</p>
      <pre className="wp-tested-preview">{shown.preview}</pre>
    </section>
  );
}

/** What came of a test: state, output or error, and what was logged. */
export function StepTried({ tried }: { tried: StepTested }) {
  const { t } = useTranslation();
  const facts = [
    duration(tried.duration_ms),
    tried.item && t('trial.ofItems', { index: tried.item.index, total: tried.item.total }),
    tried.cost.pages > 0 && t('trial.pages', { count: tried.cost.pages }),
  ].filter(Boolean);
  return (
    <section className="wp-tested" aria-label={t('trial.result')}>
      <p className="flex flex-wrap items-center gap-3">
        <StatusTag status={tried.status} />
        <span className="wp-muted">{facts.join(' · ')}</span>
      </p>
      {tried.condition === false && <Note kind="info" title={t('trial.wouldSkip')} />}
      {tried.error && (
        <Note kind="error" title={tried.error.message}>
          <code>{tried.error.code}</code>
        </Note>
      )}
      <Value label={t('trial.output')} shown={tried.output} />
      <Value label={t('trial.input')} shown={tried.input} />
      {tried.logs.length > 0 && (
        <section className="wp-json" aria-label={t('trial.logs')}>
          <strong>{t('trial.logs')}</strong>
          <ol>
            {tried.logs.map((line, index) => (
              <li key={index} className={`wp-log wp-log-${line.level}`}>
                <span className="wp-log-level">{line.level}</span>
                <span className="wp-log-message">{line.message}</span>
              </li>
            ))}
          </ol>
          {tried.logs_left_out > 0 && (
            <p className="wp-muted">{t('trial.moreLines', { count: tried.logs_left_out })}</p>
          )}
        </section>
      )}
    </section>
  );
}
