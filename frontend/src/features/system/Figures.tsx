import { Count } from '@/components/Count';
import { Figure } from '@/components/Figure';
import { When } from '@/components/When';
import { useTranslation } from '@/hooks/use-translation';
import type { SystemStatus } from '@/types/api';
import { duration } from '@/utils/format';

/** Where executions and events are. */
export function Figures({ status }: { status: SystemStatus | undefined }) {
  const { t } = useTranslation();
  const { queue, outbox } = status ?? {};
  return (
    <div className="wp-figures">
      <Figure
        name={t('platform.queue')}
        value={queue && <Count value={queue.ready} />}
        note={
          queue?.oldest_ready_at ? (
            <>
              {t('platform.oldest')} <When time={queue.oldest_ready_at} />
            </>
          ) : (
            t('platform.noneWaits')
          )
        }
      />
      <Figure
        name={t('platform.leased')}
        value={queue && <Count value={queue.leased} />}
        note={t('platform.leasedNote')}
      />
      <Figure
        name={t('platform.resting')}
        value={queue && <Count value={queue.timer + queue.letter} />}
        note={t('platform.restingNote', { timer: queue?.timer ?? 0, letter: queue?.letter ?? 0 })}
      />
      <Figure
        name={t('platform.lag')}
        value={outbox && <span className="whitespace-nowrap">{duration(outbox.lag_seconds * 1000)}</span>}
        note={t('platform.lagNote', { count: outbox?.waiting ?? 0 })}
      />
      <Figure
        name={t('parked.title')}
        to="/admin/events?show=parked"
        value={outbox && <Count value={outbox.parked} />}
        note={t('platform.parkedNote')}
      />
    </div>
  );
}
