import { useQuery } from '@tanstack/react-query';
import { Drawer } from 'antd';
import { CopyId } from '@/components/CopyId';
import { ErrorNote } from '@/components/ErrorNote';
import { Waiting } from '@/components/Waiting';
import { When } from '@/components/When';
import { Standing } from '@/features/users/Standing';
import { UserActions } from '@/features/users/UserActions';
import { UserAudit } from '@/features/users/UserAudit';
import { UserSessions } from '@/features/users/UserSessions';
import { UserUsage } from '@/features/users/UserUsage';
import { rareKeys } from '@/hooks/rare-keys';
import { useTranslation } from '@/hooks/use-translation';
import { users } from '@/services/users';
import { useSession } from '@/store/session';
import type { UserDetail } from '@/types/api';

const RANKS = ['user', 'admin', 'super_admin'];

function Facts({ user }: { user: UserDetail }) {
  const { t } = useTranslation();
  const facts = [
    [t('people.status'), <Standing key="status" status={user.status} />],
    [t('people.role'), t(`people.roles.${user.role}`)],
    [
      t('people.email'),
      <span key="email" className="break-all">
        {user.email}
      </span>,
    ],
    [t('people.created'), <When key="created" time={user.created_at} />],
    [t('people.lastLogin'), user.last_login_at ? <When key="login" time={user.last_login_at} /> : t('people.never')],
    [t('people.keys'), user.api_keys],
    [t('people.totp'), t(user.totp_enabled ? 'people.totpOn' : 'people.totpOff')],
    ['ID', <CopyId key="id" id={user.id} />],
  ] as const;
  return (
    <dl className="wp-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Why the caller may do nothing here, or null when they may. */
function useHindrance(user: UserDetail): string | null {
  const { t } = useTranslation();
  const me = useSession((session) => session.user);
  if (me?.id === user.id) return t('people.self');
  const above = me?.role === 'super_admin' || RANKS.indexOf(me?.role ?? 'user') > RANKS.indexOf(user.role);
  return above ? null : t('people.superior');
}

function Card({ user, onClose }: { user: UserDetail; onClose: () => void }) {
  const hindrance = useHindrance(user);
  const there = user.status !== 'deleted';
  const audits = useSession((session) => session.user?.permissions.includes('audit:read')) ?? false;
  return (
    <div className="flex flex-col gap-5">
      <Facts user={user} />
      {hindrance && <p className="wp-muted">{hindrance}</p>}
      {there && !hindrance && <UserActions user={user} onDeleted={onClose} />}
      {there && !hindrance && <UserSessions user={user} />}
      {there && <UserUsage id={user.id} />}
      {audits && <UserAudit id={user.id} />}
    </div>
  );
}

export function UserDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { data, error, refetch } = useQuery({ queryKey: rareKeys.users.one(id), queryFn: () => users.show(id) });
  return (
    <Drawer open title={data?.username ?? '…'} size={560} onClose={onClose}>
      {error ? <ErrorNote error={error} onRetry={() => void refetch()} /> : null}
      {data ? <Card user={data} onClose={onClose} /> : !error && <Waiting />}
    </Drawer>
  );
}
