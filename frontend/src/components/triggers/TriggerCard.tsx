import { Tag } from 'antd';
import type { ReactNode } from 'react';
import { Backfill } from '@/components/triggers/Backfill';
import { PauseSwitch } from '@/components/triggers/PauseSwitch';
import { Ticks } from '@/components/triggers/Ticks';
import { Timing } from '@/components/triggers/Timing';
import { When } from '@/components/When';
import { useCopy } from '@/hooks/use-copy';
import { useTranslation } from '@/hooks/use-translation';
import '@/locales/triggers';
import type { Trigger } from '@/types/api';

const SHOWN = 5;
const TIMED = ['cron', 'interval'];

/** One trigger: when next, what became of past times, paused or not. */
export function TriggerCard({ trigger, of }: { trigger: Trigger; of?: ReactNode }) {
  const { t } = useTranslation();
  const { next_runs, timezone, misfire, overlap, paused, kind, expression, webhook } = trigger;
  return (
    <section className="wp-card wp-account-card" aria-label={expression}>
      <header className="flex flex-wrap items-center justify-between gap-2">
        <h2>
          {of} <Timing kind={kind} expression={expression} /> {paused && <Tag>{t('triggers.paused')}</Tag>}
        </h2>
        <span className="flex flex-wrap items-center gap-2">
          {TIMED.includes(kind) && <Backfill trigger={trigger} />}
          <PauseSwitch trigger={trigger} />
        </span>
      </header>
      <dl className="wp-facts">
        <div>
          <dt>{t('triggers.timezone')}</dt>
          <dd>{timezone}</dd>
        </div>
        <div>
          <dt>{t('triggers.misfire')}</dt>
          <dd>{t(`triggers.misfires.${misfire}`)}</dd>
        </div>
        <div>
          <dt>{t('triggers.overlap')}</dt>
          <dd>{t(`triggers.overlaps.${overlap}`)}</dd>
        </div>
        {trigger.held_to_seconds != null && (
          <div>
            <dt>{t('triggers.plan')}</dt>
            <dd>{t('triggers.heldTo', { seconds: trigger.held_to_seconds })}</dd>
          </div>
        )}
      </dl>
      {webhook && <Hook path={webhook.path} secret={webhook.secret} />}
      {!paused && next_runs.length > 0 && (
        <div>
          <h3>{t('triggers.next')}</h3>
          <ol className="wp-ticks">
            {next_runs.slice(0, SHOWN).map((time) => (
              <li key={time}>
                <span className="wp-number">{local(time, timezone)}</span>{' '}
                <span className="wp-muted">
                  <When time={time} />
                </span>
              </li>
            ))}
          </ol>
        </div>
      )}
      <Ticks trigger={trigger.id} />
    </section>
  );
}

/** In the trigger's own zone, as its expression is meant. */
function local(time: string, timeZone: string): string {
  try {
    return new Date(time).toLocaleString('sv-SE', { timeZone });
  } catch {
    return new Date(time).toLocaleString('sv-SE');
  }
}

function Hook({ path, secret }: { path: string; secret?: string | null }) {
  const { t } = useTranslation();
  const [copied, copy] = useCopy();
  const address = `${window.location.origin}${path}`;
  return (
    <div>
      <h3>{t('triggers.address')}</h3>
      <code className="break-all">{address}</code>{' '}
      <button type="button" className="wp-link" onClick={() => copy(address)}>
        {t(copied ? 'common.copied' : 'common.copy')}
      </button>
      {secret && (
        <details>
          <summary className="wp-link">{t('triggers.secret')}</summary>
          <code className="wp-secret">{secret}</code>
        </details>
      )}
    </div>
  );
}
