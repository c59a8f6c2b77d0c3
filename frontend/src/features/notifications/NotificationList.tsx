import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Segmented } from 'antd';
import { Link } from 'react-router';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNote } from '@/components/ErrorNote';
import { LinkButton } from '@/components/LinkButton';
import { Waiting } from '@/components/Waiting';
import { When } from '@/components/When';
import { keys } from '@/hooks/keys';
import { rareKeys } from '@/hooks/rare-keys';
import { useFilter } from '@/hooks/use-filter';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { notifications } from '@/services/notifications';
import type { Notification } from '@/types/api';

/** What automations noted, the newest first. */
export function NotificationList() {
  const { t } = useTranslation();
  const { filter, change } = useFilter(['show'] as const);
  const unread = filter.show === 'unread';
  const { items, error, retry, more, loadingMore } = usePaged(
    rareKeys.notifications.list(unread),
    (cursor) => notifications.list(unread, cursor),
    { refetchInterval: 30_000 },
  );
  const shows = (['all', 'unread'] as const).map((value) => ({ value, label: t(`notifications.shows.${value}`) }));
  return (
    <>
      <Segmented
        className="self-start"
        aria-label={t('notifications.show')}
        options={shows}
        value={unread ? 'unread' : 'all'}
        onChange={(show) => change('show', show === 'unread' ? show : undefined)}
      />
      {error && <ErrorNote error={error} onRetry={retry} />}
      {!items && !error && <Waiting />}
      {items?.length === 0 && (
        <EmptyState title={t('notifications.none')} text={t('notifications.noneText')}>
          <LinkButton to="/automations">{t('nav.automations')}</LinkButton>
        </EmptyState>
      )}
      {items && items.length > 0 && (
        <ul className="wp-card wp-notes" aria-label={t('nav.notifications')}>
          {items.map((note) => (
            <OneNote key={note.id} note={note} />
          ))}
        </ul>
      )}
      {more && (
        <Button className="self-center" onClick={more} loading={loadingMore}>
          {t('common.more')}
        </Button>
      )}
    </>
  );
}

function OneNote({ note: { id, title, body, automation_id, created_at, read_at } }: { note: Notification }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const read = useMutation({
    mutationFn: () => notifications.read(id),
    onSettled: () => client.invalidateQueries({ queryKey: keys.notifications.all }),
  });
  return (
    <li className={read_at ? '' : 'wp-notes-new'}>
      <div className="min-w-0 flex-1">
        <p className="wp-name">
          {!read_at && <span className="wp-badge">{t('notifications.new')}</span>} {title}
        </p>
        {body && <p className="break-words whitespace-pre-wrap">{body}</p>}
        <p className="wp-muted wp-hint">
          <When time={created_at} />
          {automation_id && (
            <>
              {' · '}
              <Link to={`/automations/${automation_id}`}>{t('notifications.toAutomation')}</Link>
            </>
          )}
        </p>
        {read.error && <ErrorNote error={read.error} />}
      </div>
      {!read_at && (
        <Button size="small" loading={read.isPending} onClick={() => read.mutate()}>
          {t('notifications.read')}
        </Button>
      )}
    </li>
  );
}

/** Marks everything as read. */
export function ReadAll() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const read = useMutation({
    mutationFn: notifications.readAll,
    onSettled: () => client.invalidateQueries({ queryKey: keys.notifications.all }),
  });
  return (
    <>
      <Button loading={read.isPending} onClick={() => read.mutate()}>
        {t('notifications.readAll')}
      </Button>
      {read.error && <ErrorNote error={read.error} />}
    </>
  );
}
