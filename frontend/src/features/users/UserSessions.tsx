import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { Address } from '@/components/Address';
import { ErrorNote } from '@/components/ErrorNote';
import { When } from '@/components/When';
import { rareKeys } from '@/hooks/rare-keys';
import { usePaged } from '@/hooks/use-paged';
import { useTranslation } from '@/hooks/use-translation';
import { users } from '@/services/users';
import { useSession } from '@/store/session';
import type { Session, UserDetail } from '@/types/api';

function Row({ session, onEnd }: { session: Session; onEnd?: () => void }) {
  const { t } = useTranslation();
  const address = session.last_address ?? session.address;
  return (
    <li className="wp-session">
      <span className="min-w-0">
        <span className="block break-words">{session.user_agent ?? t('people.unknownProgram')}</span>
        <span className="wp-muted">
          {address ? <Address value={address} /> : t('people.unknownAddress')} · {t('people.lastUsed')}{' '}
          <When time={session.last_used_at} />
        </span>
      </span>
      {onEnd && <Button onClick={onEnd}>{t('people.endSession')}</Button>}
    </li>
  );
}

export function UserSessions({ user: { id } }: { user: UserDetail }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const writes = useSession((session) => session.user?.permissions.includes('users:write')) ?? false;
  const list = usePaged(rareKeys.users.sessions(id), (cursor) => users.sessions(id, cursor));
  const end = useMutation({
    mutationFn: (session: string | null) => (session ? users.endSession(id, session) : users.endSessions(id)),
    onSettled: () => client.invalidateQueries({ queryKey: rareKeys.users.one(id) }),
  });
  const found = list.items ?? [];
  return (
    <section aria-label={t('people.sessions')}>
      <h3 className="flex items-center justify-between gap-2">
        {t('people.sessions')}
        {writes && found.length > 1 && (
          <Button danger loading={end.isPending} onClick={() => end.mutate(null)}>
            {t('people.endSessions')}
          </Button>
        )}
      </h3>
      {list.items?.length === 0 && <p className="wp-muted">{t('people.noSessions')}</p>}
      <ul className="wp-sessions">
        {found.map((session) => (
          <Row key={session.id} session={session} onEnd={writes ? () => end.mutate(session.id) : undefined} />
        ))}
      </ul>
      {list.more && (
        <Button onClick={list.more} loading={list.loadingMore}>
          {t('common.more')}
        </Button>
      )}
      {(list.error ?? end.error) && <ErrorNote error={list.error ?? end.error} />}
    </section>
  );
}
