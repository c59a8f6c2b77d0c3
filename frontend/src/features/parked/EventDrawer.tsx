import { Drawer } from 'antd';
import type { ReactNode } from 'react';
import { CopyId } from '@/components/CopyId';
import { JsonView } from '@/components/JsonView';
import { LinkButton } from '@/components/LinkButton';
import { Note } from '@/components/Note';
import { When } from '@/components/When';
import { Reached } from '@/features/parked/Reached';
import { useTranslation } from '@/hooks/use-translation';
import type { LoggedEvent } from '@/types/api';

/** One event with everything it says. */
export function EventDrawer({ event, onClose }: { event: LoggedEvent; onClose: () => void }) {
  const { t } = useTranslation();
  const facts: [string, ReactNode][] = [
    [t('happened.state'), <Reached key="state" state={event.state} />],
    [t('parked.occurred'), <When key="at" time={event.occurred_at} />],
    [t('parked.attempts'), String(event.attempts)],
    [
      t('parked.about'),
      <span key="about">
        {event.aggregate} <CopyId id={event.aggregate_id} />
      </span>,
    ],
    [t('happened.user'), event.user_id && <CopyId key="user" id={event.user_id} />],
    [t('happened.request'), event.request_id && <CopyId key="request" id={event.request_id} />],
    [t('parked.id'), <CopyId key="id" id={event.id} />],
  ];
  return (
    <Drawer open title={<code>{event.kind}</code>} size={640} onClose={onClose}>
      <div className="flex flex-col gap-4">
        {event.error && <Note kind={event.state === 'delivered' ? 'warning' : 'error'} title={event.error} />}
        <dl className="wp-facts">
          {facts
            .filter(([, value]) => value)
            .map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
        </dl>
        <JsonView label={t('parked.payload')} value={event.payload} />
        {event.state === 'parked' && (
          <div>
            <LinkButton to={`/admin/events?show=parked&open=${event.id}`}>{t('happened.toParked')}</LinkButton>
          </div>
        )}
      </div>
    </Drawer>
  );
}
